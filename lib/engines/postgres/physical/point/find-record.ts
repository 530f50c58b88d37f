import type { FoundRecord } from '@/lib/core/recovery/plan-recovery'
import { WalReader } from '@/lib/engines/postgres/log/read-records'
import type { WalFact } from '@/lib/engines/postgres/log/wal-fact'
import type { SoughtRecord } from '@/lib/ports/recovery-method'

/** Reads segments one after the other for the commit of a transaction, or for a named restore point. */
export function findRecord({ type, value }: SoughtRecord, segmentBytes: number) {
  const reader = new WalReader({ segmentBytes })
  const xid = Number(value)
  const isSought = (fact: WalFact) =>
    type === 'xid' ? fact.kind === 'commit' && fact.xid === xid : fact.kind === 'restore-point' && fact.name === value
  return (order: bigint, bytes: Buffer): FoundRecord[] =>
    reader
      .write(order, bytes)
      .flatMap((fact) => ('at' in fact && isSought(fact) ? [{ position: fact.lsn, time: fact.at }] : []))
}
