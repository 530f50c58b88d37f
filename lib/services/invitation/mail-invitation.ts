import type { CreatedInvitation } from '@/lib/contracts/people/access'
import { toFailure } from '@/lib/core/holdfast-error'
import type { InvitationModel } from '@/lib/db/generated/models/Invitation'
import { actorName } from '../actor-name'
import { briefRun } from '../brief-run'
import { channelSpec } from '../channel/channel-spec'
import type { ServiceContext } from '../context'
import { invitationLink } from './make-invitation'

const sendTimeoutMs = 30_000

/**
 * Sends the link through the oldest e-mail channel that is on, to the invited address alone. `origin` is the public address
 * that was set; without one nothing is sent, as nobody can say where the link would lead. Never throws.
 */
export async function mailInvitation(
  ctx: ServiceContext,
  row: InvitationModel,
  token: string,
  origin: string | null,
): Promise<CreatedInvitation['mail']> {
  const channel = await ctx.db.channel.findFirst({
    where: { kind: 'email', enabled: true, deletedAt: null },
    orderBy: { createdAt: 'asc' },
  })
  if (!channel) return 'no-channel'
  if (origin === null) return 'no-address'
  try {
    const spec = await channelSpec(ctx, channel)
    const what = row.userId === null ? 'invites you to Holdfast' : 'asks you to set a new password'
    await ctx.notifier('email').send(
      { ...spec, config: { ...spec.config, to: [row.email] } },
      {
        // No step of an incident: mails of this phase join no thread, and those of this event carry no severity.
        phase: 'test',
        alertId: row.id,
        event: 'invitation',
        severity: 'warning',
        title: row.userId === null ? 'Invitation to Holdfast' : 'A new password for Holdfast',
        body: `${actorName(ctx.actor)} ${what}. The link works once, until ${row.expiresAt.toISOString()}.`,
        facts: {},
        at: ctx.clock.now(),
        url: invitationLink(origin, token),
      },
      briefRun(ctx, sendTimeoutMs).signal,
    )
    return 'sent'
  } catch (error) {
    ctx.logger.warn('an invitation could not be mailed', { invitation: row.id, code: toFailure(error).code })
    return 'failed'
  }
}
