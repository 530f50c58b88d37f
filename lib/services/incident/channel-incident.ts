import type { Tx } from '@/lib/db/client'
import { incidentKey, raiseIncident } from './raise-incident'
import { resolveIncident } from './resolve-incident'

/** The incident of a channel that does not deliver. */
export const channelIncidentKey = (channelId: string): string => incidentKey('channel-failed', channelId)

/** Reports through the other channels that this one does not deliver. The failing channel itself is never notified. */
export async function raiseChannelIncident(
  tx: Tx,
  input: { channel: { id: string; name: string }; reason: string; attempts: number; now: Date },
): Promise<void> {
  const { channel, reason, attempts, now } = input
  await raiseIncident(
    tx,
    {
      event: 'channel-failed',
      severity: 'critical',
      subjectId: channel.id,
      sourceId: null,
      title: `Alerts do not reach ${channel.name}`,
      body: `A message could not be delivered in ${attempts} tries: ${reason}. Fix the channel, then send a test.`,
      facts: { channelId: channel.id },
      exceptChannelId: channel.id,
    },
    now,
  )
}

/** Something arrived there again, or nothing is sent there any more. */
export async function settleChannel(tx: Tx, channelId: string, now: Date): Promise<void> {
  await resolveIncident(tx, ['channel-failed'], channelId, now)
}
