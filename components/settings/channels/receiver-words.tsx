import type { StoredFailure } from '@/lib/contracts/common'

/** What the receiver of a test said itself; the API tells administrators alone. */
export function ReceiverWords({ failure }: { failure: StoredFailure }) {
  const words = failure.facts?.['answer'] ?? failure.facts?.['detail']
  if (typeof words !== 'string' || words.trim() === '') return null
  return (
    <div className="text-sm">
      <p className="text-ink-3">It said:</p>
      <pre className="max-h-40 overflow-auto font-mono text-xs break-words whitespace-pre-wrap">{words}</pre>
    </div>
  )
}
