import { chmod, mkdir, mkdtemp, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import type { Confinement, SandboxOrder } from '@/lib/ports/sandbox'
import { dropUser, type UnprivilegedUser } from './drop-user'
import { sandboxPrefix, socketPrefix, usableFolder } from './folders'
import { memoryLimit } from './limit-prefix'
import { writeMarker } from './marker'
import { openConfinement } from './open-confinement'
import { watchDisk } from './watch-disk'

const gib = 1024 ** 3
const processes = 256
const openFiles = 4_096

export interface SandboxPlan extends SandboxOrder {
  /** Expected size of the data, for the check of free space. */
  needBytes: number
  /** Folders with the programs that run in it. */
  programs: string[]
  /** Address space of each of its processes; half of the machine's memory when absent. */
  memoryBytes?: number
  /** Users of this machine that the data may be prepared as, the first that exists; `nobody` when absent. */
  preparers?: string[]
  /** Prepares the data folder before anything of a backup is near, as the user named or, without one, the worker's own. */
  prepare?: (data: string, user: UnprivilegedUser | null) => Promise<void>
}

/** A folder that is thrown away, and a way to run programs in it that reach nothing else. */
export interface Sandbox {
  confinement: Confinement
  /** For what is restored: the confined user's. */
  data: string
  /** For what the tools are given: `confinement.give` makes it readable for them. */
  work: string
  /** For sockets, whose whole path must be below 108 bytes. */
  sockets: string
  /** Watches what `data` takes on the disk, and ends it with `end` when that is more than it may. `pid` is its first process, for a sweep. */
  watch(pid: number | undefined, end: () => Promise<void>): Promise<void>
  /** What else is to be ended, before everything that was opened earlier. */
  onStop(step: () => Promise<void>): void
  /** Set once it was ended because it filled its share of the disk: whatever failed then, failed by that. */
  filled(): HoldfastError | null
  /** Ends everything in it and removes every trace. */
  stop(): Promise<void>
}

/**
 * Makes a sandbox. Throws `sandbox-unavailable` without room for it, and `sandbox-unconfined` when this machine cannot keep it
 * apart and nobody accepted that.
 */
export async function openSandbox(plan: SandboxPlan, run: RunContext): Promise<Sandbox> {
  const maker = dropUser(plan.preparers)
  const parent = await usableFolder(plan.root, maker)
  await checkSpace(parent, plan.needBytes)
  const folder = await mkdtemp(join(parent, sandboxPrefix))
  const socketFolder = await mkdtemp(join('/tmp', socketPrefix))
  const [data, work, sockets] = [join(folder, 'data'), join(folder, 'work'), join(socketFolder, 's')]
  const undo: (() => Promise<void>)[] = [
    () => rm(folder, { recursive: true, force: true }),
    () => rm(socketFolder, { recursive: true, force: true }),
  ]
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    await writeMarker(folder, { socketFolder }, run.clock.now())
    // The passage for the sandbox's user, which is not the worker's; what is in there is its own or nobody else's.
    await chmod(folder, 0o711)
    await chmod(socketFolder, maker ? 0o711 : 0o700)
    for (const path of [data, sockets]) await mkdir(path, { mode: 0o700 })
    await mkdir(work)
    await chmod(work, 0o711)
    const prepared = plan.prepare?.(data, maker) ?? Promise.resolve()
    const ended = prepared.catch(() => undefined)
    undo.push(() => ended)
    const confinement = await openConfinement(
      {
        folder,
        programs: [...plan.programs, ...(plan.libraries ?? [])],
        limits: {
          memoryBytes: plan.memoryBytes ?? memoryLimit(),
          processes,
          openFiles,
          diskBytes: plan.diskBytes ?? plan.needBytes * 2 + 2 * gib,
        },
        keepOut: plan.keepOut,
      },
      run,
    )
    undo.push(() => confinement.end([data, work, sockets]))
    // Until it has ended, its folder cannot be removed.
    await prepared
    requireConfinement(confinement, plan.acceptUnconfined ?? false)
    // A subordinate user's folder is closed to the worker, which is another user to the kernel; the one above is private.
    const isSubordinate = confinement.user.kind === 'sub'
    if (isSubordinate) await chmod(sockets, 0o777)
    await confinement.give(data, ...(isSubordinate ? [] : [sockets]))
    run.logger.info('starting the sandbox', { ...confinement.report })
    let filled = (): HoldfastError | null => null
    return {
      confinement,
      data,
      work,
      sockets,
      watch: async (pid, end) => {
        const identity = confinement.user
        const server = pid === undefined ? {} : { serverPid: pid }
        await writeMarker(folder, { socketFolder, identity, ...server }, run.clock.now())
        const watch = watchDisk(confinement, [data, join(folder, 'tmp')], end, run)
        undo.push(() => watch.stop())
        filled = watch.filled
      },
      onStop: (step) => void undo.push(step),
      filled: () => filled(),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The least that a verdict may rest on. Nothing was restored yet. */
function requireConfinement({ report }: Confinement, accepted: boolean): void {
  if (report.grade !== 'none' || accepted) return
  throw new HoldfastError(
    'sandbox-unconfined',
    `Code in the backup could reach this machine, so nothing was restored: ${report.reasons.join('; ')}.`,
    {
      remedy:
        process.getuid?.() === 0
          ? 'Install bubblewrap (Debian or Ubuntu: apt-get install bubblewrap), and give the container what deploy/docker asks for.'
          : 'Install bubblewrap (Debian or Ubuntu: sudo apt-get install bubblewrap) and permit user namespaces. Or let an administrator accept it for this source.',
      facts: { confinement: report },
    },
  )
}

async function checkSpace(folder: string, needBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const freeBytes = bavail * bsize
  if (freeBytes >= needBytes) return
  const gb = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`
  throw new HoldfastError(
    'sandbox-unavailable',
    `A restore test needs about ${gb(needBytes)} in ${folder}, and ${gb(freeBytes)} are free.`,
    {
      remedy: 'Free some space, or move the data folder of Holdfast to a larger disk.',
      facts: { needBytes, freeBytes },
    },
  )
}
