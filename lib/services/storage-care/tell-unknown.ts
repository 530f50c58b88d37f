import type { Tx } from '@/lib/db/client'
import type { DestinationModel } from '@/lib/db/generated/models/Destination'
import { incidentKey, raiseIncident } from '../incident/raise-incident'
import { resolveIncident } from '../incident/resolve-incident'
import { resolveDamage } from './record-finding'

/** One incident a destination while there are objects in it that nobody knows. */
export async function tellUnknown(
  tx: Tx,
  input: { destination: DestinationModel; unknown: { count: number; sizeBytes: number }; now: Date },
): Promise<void> {
  const { destination, unknown, now } = input
  if (unknown.count === 0) return resolveIncident(tx, ['unknown-objects'], destination.id, now)
  const many = unknown.count === 1 ? 'One object' : `${unknown.count} objects`
  await raiseIncident(
    tx,
    {
      event: 'unknown-objects',
      severity: 'warning',
      subjectId: destination.id,
      sourceId: null,
      title: `Unknown objects in ${destination.name}`,
      body: `${many} (${(unknown.sizeBytes / 1e6).toFixed(1)} MB) below holdfast/ belong to no backup of this catalog. Nothing is removed automatically: see the page of the destination.`,
      facts: { destinationId: destination.id, count: unknown.count, sizeBytes: unknown.sizeBytes },
    },
    now,
  )
}

/** Ends incidents of damaged copies that are gone meanwhile: retention, or a person, removed their backups. */
export async function resolveForgotten(tx: Tx, input: { destinationId: string; now: Date }): Promise<void> {
  const { destinationId, now } = input
  const open = await tx.alert.findMany({
    where: {
      event: 'copy-damaged',
      resolvedAt: null,
      key: { startsWith: incidentKey('copy-damaged', `${destinationId}:`) },
    },
    select: { sourceId: true },
  })
  for (const { sourceId } of open) if (sourceId) await resolveDamage(tx, { destinationId, sourceId, now })
}
