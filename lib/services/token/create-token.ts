import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import { createTokenSchema, type CreateToken, type createdTokenSchema } from '@/lib/contracts/people/people'
import { personOf } from '@/lib/core/access/person-of'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Tx } from '@/lib/db/client'
import { toToken, withMaker } from '@/lib/db/catalog/token'
import { actorName } from '../actor-name'
import { confirmChange } from '../approval/confirm-change'
import { guardChange } from '../approval/guard-change'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { tokenHash, tokenHint } from './token-hash'

/**
 * Makes an API token. The answer is the only time it is shown; its hash is what is kept. Throws `invalid-input` for a
 * source that does not exist.
 */
export async function createToken({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: CreateToken
}): Promise<z.infer<typeof createdTokenSchema>> {
  permit(ctx.actor, 'admin')
  const { name, role, expiresInDays, ...asked } = createTokenSchema.parse(input)
  const limits = { scopes: [...new Set(asked.scopes)], sourceIds: [...new Set(asked.sourceIds)] }
  const token = `hf_${randomBytes(32).toString('base64url')}`
  const now = ctx.clock.now()
  const expiresAt = expiresInDays === null ? null : new Date(now.getTime() + expiresInDays * 86_400_000)
  const row = await ctx.db.$transaction(async (tx) => {
    await checkSources(tx, limits.sourceIds)
    if (role === 'admin') {
      await guardChange(ctx, tx, {
        action: 'token.create-admin',
        subjectType: 'token',
        subjectId: name,
        summary: `Make the API token "${name}" with the administrator role${expiresAt ? '' : ', without an end'}`,
        input: { ...limits, expiresInDays },
      })
    } else if (expiresAt === null) {
      await confirmChange(ctx, tx, {
        action: 'token.create-endless',
        subjectType: 'token',
        subjectId: name,
        summary: `The token "${name}" (${role}) never expires`,
      })
    }
    const created = await tx.apiToken.create({
      data: {
        name,
        role,
        ...limits,
        tokenHash: tokenHash(token),
        hint: tokenHint(token),
        createdBy: actorName(ctx.actor),
        createdByUserId: personOf(ctx.actor),
        createdAt: now,
        expiresAt,
      },
      include: withMaker,
    })
    await recordAudit(tx, ctx.actor, {
      action: 'token.create',
      subjectType: 'token',
      subjectId: created.id,
      detail: { name, role, ...limits, expiresAt: expiresAt?.toISOString() ?? null },
    })
    return created
  })
  return { ...toToken(row), token }
}

async function checkSources(tx: Tx, ids: string[]): Promise<void> {
  if ((await tx.source.count({ where: { id: { in: ids }, deletedAt: null } })) === ids.length) return
  const message = 'One of these sources does not exist.'
  throw new HoldfastError('invalid-input', message, { facts: { errors: [{ path: 'sourceIds', message }] } })
}
