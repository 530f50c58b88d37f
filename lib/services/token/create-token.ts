import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import type { CreateToken, createdTokenSchema } from '@/lib/contracts/people'
import { toToken } from '@/lib/db/catalog/token'
import { actorName } from '../actor-name'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { tokenHash, tokenHint } from './token-hash'

/** Makes an API token. The answer is the only time it is shown; its hash is what is kept. */
export async function createToken({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: CreateToken
}): Promise<z.infer<typeof createdTokenSchema>> {
  permit(ctx.actor, 'admin')
  const token = `hf_${randomBytes(32).toString('base64url')}`
  const now = ctx.clock.now()
  const expiresAt = input.expiresInDays === null ? null : new Date(now.getTime() + input.expiresInDays * 86_400_000)
  const row = await ctx.db.$transaction(async (tx) => {
    const created = await tx.apiToken.create({
      data: {
        name: input.name,
        role: input.role,
        tokenHash: tokenHash(token),
        hint: tokenHint(token),
        createdBy: actorName(ctx.actor),
        createdAt: now,
        expiresAt,
      },
    })
    await recordAudit(tx, ctx.actor, {
      action: 'token.create',
      subjectType: 'token',
      subjectId: created.id,
      detail: { name: input.name, role: input.role, expiresAt: expiresAt?.toISOString() ?? null },
    })
    return created
  })
  return { ...toToken(row), token }
}
