import type { Check } from '@/lib/contracts/backup'
import type { Failure } from '@/lib/contracts/common'
import type { CommonOptions } from '@/lib/contracts/engines/common'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import { methodOfBackup } from '@/lib/services/backup/method-of'
import { openChain } from '@/lib/services/backup/open-chain'
import { readableCopy } from '@/lib/services/backup/part-opener'
import { planTestRecovery } from '@/lib/services/recovery/plan-test-recovery'
import { sandboxOrder } from '../../sandbox-order'
import type { TaskArgs } from '../../task'
import { timeLimited } from './time-limit'

interface Found {
  checks: Check[]
  evidence: Record<string, unknown>
  /** Why it could not be carried out. */
  failure: Failure | null
}

/** Restores one copy into a sandbox and has it checked. What stops the test is a check too: an inconclusive one. */
export async function proveBackup(
  { ctx, job, run, home }: TaskArgs,
  input: {
    backupId: string
    destinationId: string | undefined
    level: 'standard' | 'comprehensive'
    options: CommonOptions & Record<string, unknown>
  },
): Promise<Found> {
  const { level, options } = input
  const { copy, before, close } = await openChain(
    ctx,
    { backupId: input.backupId, destinationId: input.destinationId },
    run,
  )
  const limited = timeLimited(run, options.restoreTestLimitMs)
  let log: { close(): Promise<void> } | undefined
  try {
    const recovery = await planTestRecovery(ctx, copy.manifest)
    log = recovery?.log
    const { rtoObjectiveMs } = options
    const proof = await methodOfBackup(ctx, copy.manifest).prove(
      {
        ...readableCopy(copy),
        before: before.map(readableCopy),
        level,
        ...(recovery ? { recovery } : {}),
        sandbox: await sandboxOrder(ctx, home, options.acceptUnconfined),
        expectations: options,
      },
      limited.run,
    )
    const evidence = {
      ...proof.evidence,
      readFrom: copy.destinationName,
      serverVersion: copy.manifest.engineVersion,
      toolVersion: copy.manifest.tool?.version ?? null,
      restoreDurationMs: proof.restoreDurationMs,
      ...(rtoObjectiveMs === undefined
        ? {}
        : { rtoObjectiveMs, withinObjective: proof.restoreDurationMs <= rtoObjectiveMs }),
    }
    return { checks: proof.checks, evidence, failure: null }
  } catch (error) {
    run.signal.throwIfAborted()
    const told = limited.ended() ? timeOver(options.restoreTestLimitMs) : error
    // Another attempt may get through; the last one says that it did not.
    if (told instanceof HoldfastError && told.transient && job.attempt < job.maxAttempts) throw told
    const failure = toFailure(told)
    // Whatever the copies are like: without its log it is no backup.
    if (failure.code === 'log-gap') {
      return {
        checks: [{ name: 'log-stored', verdict: 'failed', detail: failure.message }],
        evidence: {},
        failure: null,
      }
    }
    run.logger.error('the restore test could not be carried out', { ...failure })
    const name = limited.ended() ? 'time-limit' : 'sandbox'
    return {
      checks: [{ name, verdict: 'inconclusive', detail: failure.message }],
      evidence: confinementOf(told),
      failure,
    }
  } finally {
    await log?.close()
    await close()
  }
}

/** Where the code of a backup could not be kept apart, the evidence says what was found. */
function confinementOf(error: unknown): Record<string, unknown> {
  const found = error instanceof HoldfastError ? error.facts['confinement'] : undefined
  return found === undefined ? {} : { confinement: found }
}

function timeOver(limitMs: number): HoldfastError {
  const minutes = Math.round(limitMs / 60_000)
  const limit = minutes >= 2 ? `${minutes} minutes` : `${Math.round(limitMs / 1_000)} seconds`
  return new HoldfastError('restore-test-time-limit', `The restore test was ended after its limit of ${limit}.`, {
    remedy: 'Set a longer limit for restore tests in the options of the source.',
    facts: { limitMs },
  })
}
