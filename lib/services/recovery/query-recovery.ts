import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { failureSchema } from '@/lib/contracts/common'
import {
  queryAnswerSchema,
  queryLimits,
  recoveryQuerySchema,
  type QueryAnswer,
  type RecoveryQuery,
} from '@/lib/contracts/recovery/recoveries'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { recordAudit } from '@/lib/services/audit/record-audit'
import type { ServiceContext } from '@/lib/services/context'
import { permit } from '@/lib/services/permit'
import { openLook } from './open-look'

/** A worker looks for statements this often, and may be busy with others first. */
const patienceMs = queryLimits.ms * 2
const lookEveryMs = 50

/** What is sealed into a statement's row. */
export const askedSchema = recoveryQuerySchema
/** What the worker seals into it in return. */
export const answeredSchema = z.union([z.object({ answer: queryAnswerSchema }), z.object({ failure: failureSchema })])
export const sealedFor = (queryId: string) => `recovery-query:${queryId}`

/**
 * Runs a statement in an open look: the worker that has its sandbox does, and the catalog carries it there and back, sealed, and keeps
 * nothing. The statement goes into the audit log before it is run. Throws `look-closed`, `query-refused` and `query-failed`.
 */
export async function queryRecovery(args: {
  ctx: ServiceContext
  input: RecoveryQuery & { id: string }
}): Promise<QueryAnswer> {
  const { ctx, input } = args
  permit(ctx.actor, 'operator')
  const queryId = crypto.randomUUID()
  const { sql, database } = input
  const asked: RecoveryQuery = { sql, ...(database === undefined ? {} : { database }) }
  const statement = await ctx.vault.seal(JSON.stringify(asked), sealedFor(queryId))
  await ctx.db.$transaction(async (tx) => {
    const { id, sourceId } = await openLook(ctx, tx, input.id)
    await tx.recoveryQuery.create({ data: { id: queryId, recoveryId: id, statement } })
    await recordAudit(tx, ctx.actor, {
      action: 'recovery.query',
      subjectType: 'recovery',
      subjectId: id,
      detail: { sourceId, ...asked },
    })
  })
  try {
    const sealed = await answerOf(ctx, queryId)
    const told = answeredSchema.parse(JSON.parse(await ctx.vault.unseal(sealed, sealedFor(queryId))))
    if ('answer' in told) return told.answer
    const { code, message, remedy, facts = {} } = told.failure
    const options = { facts, ...(remedy === undefined ? {} : { remedy }) }
    if (code === 'query-refused') throw new HoldfastError('query-refused', message, options)
    throw new HoldfastError('query-failed', message, options)
  } finally {
    await ctx.db.recoveryQuery.deleteMany({ where: { id: queryId } })
  }
}

async function answerOf(ctx: ServiceContext, id: string): Promise<string> {
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline;) {
    const row = await ctx.db.recoveryQuery.findUnique({ where: { id }, select: { answer: true } })
    if (!row) break
    if (row.answer !== null) return row.answer
    await delay(lookEveryMs)
  }
  throw new HoldfastError('look-closed', 'The worker that has the recovered server did not answer.', {
    remedy: 'See whether the recovery is still open. If its worker was stopped, start a new one.',
  })
}
