import { actorName } from '../actor-name'
import { recordAudit } from '../audit/record-audit'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { tokenHash, tokenHint } from './token-hash'

/** Shorter ones are refused: anyone could try them all. */
const leastLength = 8
/** Below this it is taken, with a warning. */
const advisedLength = 20

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
  if (input.token.length < leastLength) {
    throw new HoldfastError('token-too-short', `The API token has fewer than ${leastLength} characters.`, {
      remedy: 'Make one that cannot be guessed, for example with: openssl rand -base64 32',
    })
  }
  if (input.token.length < advisedLength) {
    ctx.logger.warn('the known API token is short; make one with: openssl rand -base64 32', { name: input.name })
  }
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
      where: { name: input.name, createdBy: actorName(ctx.actor), revokedAt: null, tokenHash: { not: hash } },
      data: { revokedAt: ctx.clock.now() },
    })
    await recordAudit(tx, ctx.actor, {
      action: 'token.register',
      subjectType: 'token',
      detail: { name: input.name, role: 'admin' },
    })
  })
}
