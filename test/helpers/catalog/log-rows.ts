import type { Db } from '@/lib/db/client'

/** Writes one of everything that the catalog keeps of a log; names and texts have `marker` in them. */
export async function logRows(
  db: Db,
  { sourceId, destinationId, marker }: { sourceId: string; destinationId: string; marker: string },
): Promise<void> {
  const place = { sourceId, identity: marker, timeline: '00000001' }
  const positions = { from: '0/1000000', to: '0/2000000', fromOrder: 16_777_216n, toOrder: 33_554_432n }
  const stored = {
    sourceSha256: '0'.repeat(64),
    storedBytes: 1_000n,
    storedSha256: '0'.repeat(64),
    compression: 'zstd',
  }
  const now = new Date()
  await db.logStream.create({
    data: {
      ...place,
      destinationIds: [destinationId],
      state: 'waiting',
      slot: marker,
      error: { code: 'server-gone', message: marker },
      storedPosition: positions.to,
    },
  })
  await db.logTotal.create({ data: { sourceId, destinationId, storedBytes: 1_000n } })
  await db.logTimeline.create({ data: { ...place, segmentBytes: 16_777_216 } })
  await db.logPeriod.create({
    data: { ...place, period: 1, recipient: marker, wrapped: '', wrappedFor: [marker], begunAt: now },
  })
  await db.logSegment.create({
    data: { ...place, ...positions, ...stored, number: 1n, name: marker, sourceBytes: 16_777_216n, storedAt: now },
  })
  await db.logSlice.create({
    data: {
      ...{ ...place, ...stored, number: 2n, name: marker, fromByte: 0, toByte: 10 },
      ...{ fromOrder: positions.toOrder, toOrder: positions.toOrder + 10n },
    },
  })
  await db.logRange.create({ data: { ...place, ...positions, destinationId, endsBecause: marker } })
  await db.logReading.create({ data: { ...place, destinationId, block: 0, readAt: now } })
  await db.logDamage.create({
    data: {
      ...place,
      destinationId,
      key: marker,
      state: 'damaged',
      error: { code: 'x', message: marker },
      foundAt: now,
    },
  })
  await db.logRemoval.create({ data: { ...place, destinationId, beforeNumber: 1n } })
  await db.restorePoint.create({
    data: { ...place, name: marker, position: positions.to, order: positions.toOrder, at: now, actor: {} },
  })
}
