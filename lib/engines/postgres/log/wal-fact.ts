import type { Lsn } from '@/lib/core/log/lsn'
import type { RecordContent } from './record-body'

/**
 * What a record of the log says. `lsn` is where the record starts, `end` where the next one may start: what
 * `pg_last_wal_replay_lsn()` answers once it was replayed. `atMicros` is `at` with the microseconds that a Date loses.
 */
export type WalFact = (
  Exclude<RecordContent, { atMicros: bigint }> | (Extract<RecordContent, { atMicros: bigint }> & { at: Date })
) & { lsn: Lsn; end: Lsn }

export function toFact(content: RecordContent, lsn: Lsn, end: Lsn): WalFact {
  if (!('atMicros' in content)) return { ...content, lsn, end }
  return { ...content, at: new Date(Number(content.atMicros / 1000n)), lsn, end }
}
