import type { Tx } from '@/lib/db/client'
import type { DestinationModel } from '@/lib/db/generated/models/Destination'
import { raiseIncident } from '../incident/raise-incident'
import { resolveIncident } from '../incident/resolve-incident'

const mostTold = 5

/** One incident a destination whose signed lists or signatures are not what was written there. */
export async function tellSignatures(
  tx: Tx,
  input: { destination: Pick<DestinationModel, 'id' | 'name'>; findings: string[]; now: Date },
): Promise<void> {
  const { destination, findings, now } = input
  if (findings.length === 0) return resolveIncident(tx, ['signature-broken'], destination.id, now)
  const more = findings.length > mostTold ? ` And ${findings.length - mostTold} more.` : ''
  await raiseIncident(
    tx,
    {
      event: 'signature-broken',
      severity: 'critical',
      subjectId: destination.id,
      sourceId: null,
      title: `Signatures in ${destination.name} were removed, changed or set back`,
      body: `${findings.slice(0, mostTold).join(' ')}${more} Holdfast did not do this: find out who can write there. What was missing is put back by itself.`,
      facts: { destinationId: destination.id, findings: findings.slice(0, 50) },
    },
    now,
  )
}
