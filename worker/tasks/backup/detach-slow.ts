import { toFailure } from '@/lib/core/holdfast-error'
import { judgePace } from '@/lib/core/copy/judge-pace'
import { tellSlow } from '@/lib/core/copy/tell-slow'
import type { Pace } from '@/lib/pipeline/pace'
import { removeFolder } from '@/lib/services/cleanup/remove-folder'
import { noteBehind } from '@/lib/services/copy/note-behind'
import { assertLease } from '@/lib/services/job/assert-lease'
import type { TaskArgs } from '../../task'
import type { DestinationRun } from './destination-run'
import type { PartProgress } from './part-progress'

const lookEveryMs = 250
/** What a slow store does not remove in this time, its copy job removes before it begins. */
const removalMs = 60_000

interface Input {
  args: TaskArgs
  backup: { id: string; folder: string }
  destinations: readonly DestinationRun[]
  pace: Pace
  progress: PartProgress
}

export interface SlowWatch {
  /** Looks no more. Resolves when what was stored in detached destinations was removed, or given up on. */
  stop(): Promise<void>
}

/** While a backup streams: detaches destinations that the others, and the source's snapshot, should not wait for. */
export function detachSlow(input: Input): SlowWatch {
  const removals: Promise<void>[] = []
  const timer = setInterval(() => removals.push(...look(input)), lookEveryMs)
  return {
    async stop() {
      clearInterval(timer)
      await Promise.all(removals)
    },
  }
}

function look({ args, backup, destinations, pace, progress }: Input): Promise<void>[] {
  const live = destinations.filter((destination) => destination.isLive)
  const detachable = live.filter(({ alwaysWait }) => !alwaysWait).map(({ id }) => id)
  const facts = pace.facts()
  const ids = live.map(({ id }) => id)
  const slow = judgePace({ ...facts, readShare: progress.readShare() }, ids, new Set(detachable))
  if (slow === null || args.run.signal.aborted) return []
  const left = live.filter(({ id }) => slow.destinationIds.includes(id))
  for (const destination of left) {
    const reason = tellSlow({ destination: destination.name, ...facts, heldMs: slow.heldMs })
    destination.detach(reason)
    progress.without(destination.name)
    args.run.logger.warn(reason.message, { ...reason.facts })
  }
  pace.restart()
  return left.map((destination) => takeBack(args, backup, destination))
}

/** Notes on its copy what became of it, and removes what it was sent. Trouble with that is no longer the backup's. */
async function takeBack(
  { ctx, job, run }: TaskArgs,
  backup: { id: string; folder: string },
  destination: DestinationRun,
): Promise<void> {
  const { id: destinationId, storage, behind: reason } = destination
  const signal = AbortSignal.any([run.signal, AbortSignal.timeout(removalMs)])
  try {
    await ctx.db.$transaction(async (tx) => {
      await assertLease(tx, job)
      await noteBehind(tx, { backupId: backup.id, destinationId, reason })
    })
    await destination.idle()
    await removeFolder(storage, backup.folder, { ...run, signal })
  } catch (error) {
    run.logger.warn(`what ${destination.name} was sent is removed before it is copied there`, { ...toFailure(error) })
  }
}
