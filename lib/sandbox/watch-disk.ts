import { statfs } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import type { Confinement } from '@/lib/ports/sandbox'

const everyMs = 200
/** Looking through a large folder takes time: it is done again only when the disk lost a share of what is left to it. */
const share = 16

/**
 * Watches what a sandbox has on the disk, until `stop`. When that is more than it may, `onExceeded` ends it; the caller
 * then finds the reason in `filled`.
 */
export function watchDisk(
  confinement: Confinement,
  folders: [string, ...string[]],
  onExceeded: () => Promise<void>,
  run: RunContext,
): { filled(): HoldfastError | null; stop(): Promise<void> } {
  const { diskBytes } = confinement.report.limits
  const over = new AbortController()
  const scope = { ...run, signal: AbortSignal.any([run.signal, over.signal]) }
  let filled: HoldfastError | null = null
  const free = async () => {
    const { bavail, bsize } = await statfs(folders[0])
    return bavail * bsize
  }
  const watch = async () => {
    // A server that was just made has next to nothing.
    let used = 0
    let freeThen = await free()
    while (used <= diskBytes) {
      await delay(everyMs, undefined, { signal: scope.signal })
      const freeNow = await free()
      if (freeThen - freeNow < (diskBytes - used) / share) continue
      used = await confinement.diskUsage(folders, scope)
      freeThen = freeNow
    }
    run.logger.warn('the sandbox is ended: it filled its share of the disk', { used, diskBytes })
    filled = diskFilled(diskBytes)
    await onExceeded()
  }
  const watching = watch().catch((error: unknown) => {
    if (!scope.signal.aborted)
      run.logger.warn('the disk of a sandbox is not watched any more', { error: String(error) })
  })
  return {
    filled: () => filled,
    stop: async () => {
      over.abort()
      await watching
    },
  }
}

function diskFilled(diskBytes: number): HoldfastError {
  const gb = (diskBytes / 1e9).toFixed(1)
  return new HoldfastError(
    'sandbox-full',
    `What was restored filled its limit of ${gb} GB on the disk of this machine.`,
    {
      remedy:
        'Look for code in the database that writes while it is restored; the limit follows the size of the source.',
      facts: { diskBytes },
    },
  )
}
