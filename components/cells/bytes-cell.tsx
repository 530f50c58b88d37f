import { formatBytes } from '@/lib/client/format/bytes'

/** A size; absent is a dash, zero is zero. The exact number is in the title. */
export function BytesCell({ bytes }: { bytes: number | null | undefined }) {
  if (bytes === null || bytes === undefined) return <span className="text-ink-3">–</span>
  return (
    <span className="tabular whitespace-nowrap" title={`${bytes.toLocaleString('en')} bytes`}>
      {formatBytes(bytes)}
    </span>
  )
}
