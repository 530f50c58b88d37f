import type { QueryAnswer } from '@/lib/contracts/recovery/recoveries'
import { formatBytes } from '@/lib/client/format/bytes'

/** How much was answered: `3 rows.`, or that there is more and why it is not shown. */
export function answerWords(
  { rows, truncated }: Pick<QueryAnswer, 'rows' | 'truncated'>,
  limits: { rows: number; bytes: number },
): string {
  const count = rows.length.toLocaleString('en')
  if (!truncated) return rows.length === 1 ? '1 row.' : `${count} rows.`
  const most = rows.length >= limits.rows ? '' : ` An answer holds ${formatBytes(limits.bytes)} at most.`
  return `Only the first ${rows.length === 1 ? 'row' : `${count} rows`}: there are more.${most}`
}
