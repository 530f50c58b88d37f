import { formatLsn, parseLsn } from '@/lib/core/log/lsn'
import { numberOfSegment, segmentStart, walFileOf } from '@/lib/core/log/wal-name'
import { parseTimelineHistory } from '@/lib/core/log/timeline-history'
import { openReplication } from '@/lib/engines/postgres/replication/open-replication'
import type { LogMethod } from '@/lib/ports/log-method'
import { baseFactsSchema } from '@/lib/engines/postgres/physical/base-facts'
import { checkContinuous } from './check-continuous'
import { follow } from './follow'
import { lookAtSlot } from './look-at-slot'
import { pushedLog } from './pushed'
import { dropSlot, slotName } from './slot'

const factsSchema = baseFactsSchema.pick({ walSegmentBytes: true })

/** The write-ahead log, over the replication protocol. */
export const walLog: LogMethod = {
  check: checkContinuous,
  pushed: pushedLog,
  slotName,
  follow,
  keeping: lookAtSlot,
  async removeSlot(source, run) {
    const client = await openReplication(source, run.signal)
    try {
      await dropSlot(client, slotName(source.id))
    } finally {
      await client.end().catch(() => undefined)
    }
  },
  order: parseLsn,
  position: formatLsn,
  stretchOf(name, segmentBytes) {
    const file = walFileOf(name)
    if (file?.kind === 'history') return null
    const number = file && segmentBytes !== null ? numberOfSegment(file, segmentBytes) : null
    if (number === null || segmentBytes === null) throw new RangeError(`Nobody knows where ${name} lies in the log.`)
    const from = segmentStart(number, segmentBytes)
    return { from, to: from + BigInt(segmentBytes) }
  },
  segmentBytesOf: (facts) => factsSchema.safeParse(facts).data?.walSegmentBytes ?? null,
  history: parseTimelineHistory,
}
