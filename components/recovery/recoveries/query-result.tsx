import { queryLimits, type QueryAnswer } from '@/lib/contracts/recovery/recoveries'
import { Td, Th, Tr } from '@/components/ui/table'
import { formatDuration } from '@/lib/client/format/duration'
import { answerWords } from './answer-words'

/** What a statement answered, in a box that scrolls by itself in both directions. NULL is told from an empty text. */
export function QueryResult({ answer }: { answer: QueryAnswer }) {
  const { columns, rows, durationMs } = answer
  return (
    <section aria-label="Result" className="space-y-2">
      <p role="status" className="tabular text-[0.8125rem] text-ink-2">
        {answerWords(answer, queryLimits)} <span className="text-ink-3">{formatDuration(durationMs)}</span>
      </p>
      {columns.length > 0 && (
        <div
          role="region"
          aria-label="Rows"
          tabIndex={0}
          className="relative max-h-[28rem] overflow-auto rounded-md border border-line"
        >
          <table className="w-max min-w-full border-collapse text-left text-[0.8125rem]">
            <thead className="sticky top-0 bg-muted">
              <tr>
                {columns.map((column, index) => (
                  <Th key={`${index} ${column}`}>{column}</Th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, index) => (
                <Tr key={index}>
                  {row.map((value, at) => (
                    <Td key={at} className="max-w-96 min-w-16 py-1.5 font-mono break-words whitespace-pre-wrap">
                      {value ?? <span className="text-ink-3 italic">NULL</span>}
                    </Td>
                  ))}
                </Tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
