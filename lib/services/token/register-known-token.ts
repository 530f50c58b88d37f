import { actorName } from '../actor-name'
import { recordAudit } from '../audit/record-audit'
import { refuseShortToken } from '@/lib/core/access/refuse-short-token'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { tokenHash, tokenHint } from './token-hash'

/**
 * Makes an administrator's token of one that is known beforehand (HOLDFAST_API_TOKEN). Idempotent; a token of the same
 * name with another value is revoked, and one that an administrator revoked stays revoked. Throws `token-too-short`.
 */
export async function registerKnownToken({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { token: string; name: string }
}): Promise<void> {
  permit(ctx.actor, 'admin')
  refuseShortToken(input.name, input.token)
  const hash = tokenHash(input.token)
  await ctx.db.$transaction(async (tx) => {
    const made = await tx.apiToken.createMany({
      data: {
        name: input.name,
        role: 'admin',
        tokenHash: hash,
        hint: tokenHint(input.token),
        createdBy: actorName(ctx.actor),
      },
      skipDuplicates: true,
    })
    if (made.count === 0) return
    await tx.apiToken.updateMany({
      where: {
        name: input.name,
        createdBy: actorName(ctx.actor),
        createdByUserId: null,
        revokedAt: null,
        tokenHash: { not: hash },
      },
      data: { revokedAt: ctx.clock.now() },
    })
    await recordAudit(tx, ctx.actor, {
      action: 'token.register',
      subjectType: 'token',
      detail: { name: input.name, role: 'admin' },
    })
  })
}
