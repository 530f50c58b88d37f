import { setTimeout as delay } from 'node:timers/promises'
import type { z } from 'zod'
import { lookLastsMs, queryLimits } from '@/lib/contracts/recovery/recoveries'
import { toFailure } from '@/lib/core/holdfast-error'
import { catalogNow } from '@/lib/db/catalog-now'
import type { RecoveryQueryModel } from '@/lib/db/generated/models/RecoveryQuery'
import type { RecoveredPoint } from '@/lib/ports/recovery-method'
import { assertLease } from '@/lib/services/job/assert-lease'
import { type answeredSchema, askedSchema, sealedFor } from '@/lib/services/recovery/query-recovery'
import { isCatalogAway } from '../../is-catalog-away'
import type { TaskArgs } from '../../task'

const lookEveryMs = 100
/** Statements that run at the same time; others wait. */
const atOnce = 4

/** Answers statements until the look is ended or its time is over. Rejects on abort. */
export async function serveLook({ ctx, job, run }: TaskArgs, id: string, point: RecoveredPoint): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    await assertLease(tx, job)
    const now = await catalogNow(tx)
    const expiresAt = new Date(now.getTime() + lookLastsMs)
    await tx.recovery.update({ where: { id }, data: { state: 'ready', readyAt: now, expiresAt } })
  })
  run.progress({ phase: 'open', doneBytes: 0 })
  const running = new Set<Promise<void>>()
  try {
    for (let heardAt = performance.now(); ;) {
      try {
        if (!(await isOpen())) return
        await answerWaiting()
        heardAt = performance.now()
      } catch (error) {
        // A look outlives a restart of the catalog.
        if (!isCatalogAway(error) || performance.now() - heardAt > lookLastsMs) throw error
      }
      await delay(lookEveryMs, undefined, { signal: run.signal })
    }
  } finally {
    await Promise.allSettled(running)
  }

  async function isOpen(): Promise<boolean> {
    const row = await ctx.db.recovery.findUniqueOrThrow({ where: { id } })
    return row.closeRequestedAt === null && row.expiresAt !== null && row.expiresAt > (await catalogNow(ctx.db))
  }

  async function answerWaiting(): Promise<void> {
    const waiting = await ctx.db.recoveryQuery.findMany({
      where: { recoveryId: id, state: 'waiting' },
      orderBy: { askedAt: 'asc' },
      take: atOnce - running.size,
    })
    for (const query of waiting) {
      await ctx.db.recoveryQuery.updateMany({ where: { id: query.id }, data: { state: 'running' } })
      const done = answer(query)
        .catch((error: unknown) => run.logger.warn('a statement could not be answered', { error: String(error) }))
        .finally(() => running.delete(done))
      running.add(done)
    }
  }

  async function answer({ id: queryId, statement }: RecoveryQueryModel): Promise<void> {
    const context = sealedFor(queryId)
    const asked = askedSchema.parse(JSON.parse(await ctx.vault.unseal(statement, context)))
    const began = performance.now()
    const told: z.infer<typeof answeredSchema> = await point
      .query({ sql: asked.sql, database: asked.database, limits: queryLimits }, run)
      .then(
        (found) => ({ answer: { ...found, durationMs: Math.round(performance.now() - began) } }),
        (error: unknown) => ({ failure: toFailure(error) }),
      )
    const sealed = await ctx.vault.seal(JSON.stringify(told), context)
    await ctx.db.recoveryQuery.updateMany({ where: { id: queryId }, data: { state: 'answered', answer: sealed } })
  }
}
