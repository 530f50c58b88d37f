import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { gradeConfinement, type ProbeFindings } from '@/lib/core/sandbox/grade-confinement'
import type { CommandSpec } from '@/lib/ports/process'
import type { RunContext } from '@/lib/ports/run-context'
import type { ConfinementReport, SandboxLimits } from '@/lib/contracts/confinement'
import type { Confinement, KeepOut, View } from '@/lib/ports/sandbox'
import { endProcesses } from './end-processes'
import { claimUser, type ClaimedUser, sharedUser } from './user'
import { limitPrefix } from './limit-prefix'
import { allMeans, type Means } from './means'
import { ownershipOf } from './ownership'
import { probe } from './probe'
import { removeTraces } from './remove-traces'
import { programPlaces, type Shown, systemView } from './system-view'

export interface ConfinementPlan {
  /** A folder of its own, which exists; what is made below it goes with it. */
  folder: string
  /** Folders with the programs that will be run. */
  programs: string[]
  limits: SandboxLimits
  keepOut: KeepOut
  /** For tools that talk to a server elsewhere; restored code has none. */
  network?: boolean
  /** Tools that a server knows by their user stay who they are. */
  keepUser?: boolean
}

type Run = Pick<RunContext, 'signal' | 'logger'>

/**
 * The strongest way of this machine to run what is not trusted. It is probed now, and reports how strong it is: on
 * grade `none` the caller decides whether that will do.
 */
export async function openConfinement(plan: ConfinementPlan, run: Run): Promise<Confinement> {
  const claimed = plan.keepUser ? sharedUser : await claimUser()
  await mkdir(join(plan.folder, 'root'), { mode: 0o755 })
  await mkdir(join(plan.folder, 'tmp'), { mode: 0o700 })
  try {
    // Where the system gives subordinate users but not their use, the worker's own remains.
    const users = claimed.kind === 'sub' ? [claimed, sharedUser] : [claimed]
    const ways = users.flatMap((user) =>
      allMeans.filter((means) => means.suits(user)).map((means) => ({ user, means })),
    )
    for (const { user, means } of ways) {
      const ownership = ownershipOf(user, run)
      await ownership.give([join(plan.folder, 'tmp')])
      const confine = commandOf(plan, means, user)
      const byDescriptor = means.by === 'user' && user.kind === 'own'
      const program = { read: [process.execPath] }
      const unlimited = { ...plan.limits, memoryBytes: null }
      const found = await probe((spec) => confine(spec, program, unlimited), plan.keepOut, byDescriptor, run).catch(
        (error: unknown) => {
          run.signal.throwIfAborted()
          run.logger.debug('a confinement does not work here', { by: means.by, error: String(error) })
          return null
        },
      )
      if (!found) continue
      const report = reportOf(plan, means, user, found)
      return {
        report,
        user: { kind: user.kind, uid: user.uid },
        command: (spec, view) => confine(spec, view, plan.limits),
        give: (...paths) => ownership.give(paths),
        takeBack: (...paths) => ownership.takeBack(paths),
        diskUsage: (paths, scope) => ownership.diskUsage(paths, scope),
        end: async (folders) => {
          await endProcesses(user)
          await removeTraces(user, means.by === 'user')
          await ownership.remove([...folders, join(plan.folder, 'tmp'), join(plan.folder, 'root')])
          claimed.release()
        },
      }
    }
    throw new Error('a program cannot be run at all')
  } catch (error) {
    claimed.release()
    for (const name of ['root', 'tmp']) await rm(join(plan.folder, name), { recursive: true, force: true })
    throw error
  }
}

function commandOf(plan: ConfinementPlan, means: Means, user: ClaimedUser) {
  const network = plan.network ?? false
  return (spec: CommandSpec, view: View, limits: SandboxLimits): CommandSpec => {
    const show = (as: 'read' | 'write', paths: string[] = []) =>
      paths.filter((path) => existsSync(path)).map((path): Shown => ({ as, path }))
    const shown: Shown[] = [
      ...systemView(network),
      { as: 'write', path: '/tmp', from: join(plan.folder, 'tmp') },
      ...show('read', plan.programs.flatMap(programPlaces)),
      ...show('read', view.read),
      ...show('write', view.write),
    ]
    const prefix = means.prefix(user, { base: join(plan.folder, 'root'), shown, network })
    const [file = spec.file, ...args] = [...prefix, ...limitPrefix(limits), spec.file, ...spec.args]
    // The worker's own PATH tells where it lies; inside only the system's programs are there.
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin', ...spec.env }
    return { ...spec, file, args, tool: { file: spec.file, args: spec.args }, env, cwd: '/' }
  }
}

function reportOf(plan: ConfinementPlan, means: Means, user: ClaimedUser, found: ProbeFindings): ConfinementReport {
  const { grade, reasons } = gradeConfinement(found, user.kind !== 'shared')
  const names = {
    own: `a user of its own (${user.uid ?? ''})`,
    sub: `a subordinate user of the worker (${user.uid ?? ''} of its namespace)`,
    shared: 'the user of the worker',
  }
  return {
    grade,
    reasons,
    by: means.by,
    user: names[user.kind],
    namespaces: found.namespaces,
    network: found.network ? 'this machine' : 'none',
    limits: plan.limits,
    tried: found.tried,
  }
}
