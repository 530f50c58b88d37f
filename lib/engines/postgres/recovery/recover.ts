import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { postgresOptionsSchema } from '@/lib/contracts/engines/postgres'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { formatLsn } from '@/lib/core/log/lsn'
import type { RecoveryPlan } from '@/lib/core/recovery/plan-recovery'
import type { LogReader } from '@/lib/ports/log-reader'
import type { RunningCommand } from '@/lib/ports/process'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { runCommand } from '@/lib/process/run-command'
import type { Confinement } from '@/lib/ports/sandbox'
import type { Sandbox } from '@/lib/sandbox/open-sandbox'
import type { Installation } from '@/lib/engines/postgres/connect/find-client'
import type { Settings } from '@/lib/engines/postgres/connect/session-settings'
import { isInstalled } from '@/lib/engines/postgres/sandbox/is-installed'
import type { RecoveryFacts } from './facts'
import { handOverLog, type LogHandOver } from './hand-over-log'
import { judgeReached, type Reached } from './judge-reached'
import { neededSegments } from './needed-segments'
import { controlSettings, prepareData, writeConfig } from './prepare-data'
import { findSuperuser } from './find-superuser'
import { readReached } from './read-reached'
import { choosePreload, insistedSettings, type Preloaded, recoverySettings } from './recovery-settings'
import { restoreCommand } from './restore-script'
import { type RecoveryEnd, readServerLog, type ServerLog } from './server-log'
import { stopServer } from './stop-server'

const port = 5432
/** A server that was told to give up does so at its next file; one that does not is ended. */
const giveUpMs = 10_000

export interface RecoveryOrder {
  sandbox: Pick<Sandbox, 'confinement' | 'work' | 'sockets' | 'watch' | 'onStop' | 'filled'>
  server: Installation
  /**
   * Has the data directory and its tablespaces, and becomes the sandbox's user's: `data` of the sandbox, or a folder in its `work` where
   * the worker cannot write to that.
   */
  folder: string
  /** The unpacked base backup of the plan, in there. */
  data: string
  log: LogReader
  plan: RecoveryPlan
  facts: RecoveryFacts
  /**
   * `promote`: a server that can be written to. `look`: one that stays in recovery at its target; the latest state is promoted, since
   * there is nothing to stop at.
   */
  use: 'promote' | 'look'
  /** How long a store that is away is waited for, in milliseconds. */
  patienceMs?: number
  /** Begun earlier by `fetchAhead`; absent: it begins now. */
  handOver?: LogHandOver
}

/**
 * Begins to fetch the log while the base backup is still unpacked, as far ahead as it is meant to take room. `folder` must
 * exist; the log may be a folder in it.
 */
export async function fetchAhead(
  order: Pick<RecoveryOrder, 'sandbox' | 'folder' | 'log' | 'plan' | 'facts' | 'patienceMs'>,
  run: RunContext,
): Promise<LogHandOver> {
  const { confinement } = order.sandbox
  const handOver = await handOverLog({ ...order, folder: logFolderOf(order), confinement }, run)
  order.sandbox.onStop(() => handOver.close())
  return handOver
}

const logName = 'log'

/** By renaming, where the server and this process write to one folder. */
const logFolderOf = ({ sandbox, folder }: Pick<RecoveryOrder, 'sandbox' | 'folder'>) =>
  join(sandbox.confinement.user.kind === 'sub' ? sandbox.work : folder, logName)

/** Gives the sandbox's user what was unpacked; the log, which is its own already, may be written to meanwhile. */
export async function giveUnpacked(folder: string, confinement: Confinement): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name !== logName)
  const paths = confinement.user.kind === 'sub' ? [folder] : names.map((name) => join(folder, name))
  await confinement.give(...paths)
}

/** A server at its target. It runs until the sandbox is stopped. */
export interface RecoveredServer {
  /** How to connect, as the superuser; any of its databases. */
  source: SourceSpec
  reached: Reached
  isPromoted: boolean
  leftOut: Preloaded['leftOut']
  /** What its log says of a process that ended by a segmentation fault; null: nothing. */
  crash(): string | null
  /** Shuts it down in order, so that its files are those of a stopped server. Rejects with `sandbox-unavailable` when it does not end so. */
  stop(): Promise<void>
}

interface Started {
  command: RunningCommand
  log: ServerLog
}

/**
 * Replays the log up to the plan's target, and gives out a server only when it is there. Throws `recovery-failed` when the server ends
 * before that or reached something else, and what kept the log from it: `object-damaged`, `object-not-found`, or the store's errors. The
 * sandbox is the caller's to stop, also after an error.
 */
export async function recover(order: RecoveryOrder, run: RunContext): Promise<RecoveredServer> {
  const { sandbox, server, data, plan, facts } = order
  const { confinement } = sandbox
  const logFolder = logFolderOf(order)
  const handOver = order.handOver ?? (await fetchAhead(order, run))
  await giveUnpacked(order.folder, confinement)
  await prepareData(data, confinement, run)
  const config = join(sandbox.work, 'recovery')
  const { script } = await writeConfig(config, logFolder)
  const preload = choosePreload(facts.preload, (library) => isInstalled(server, library))
  const settings = recoverySettings({
    ...{
      serverMajor: facts.serverMajor,
      segmentBytes: facts.segmentBytes,
      plan,
      use: order.use,
      config,
      sockets: sandbox.sockets,
      port,
    },
    restoreCommand: restoreCommand(script),
    atLeast: higherOf(facts.settings, await controlSettings(server, data, confinement, run)),
    libraries: preload.libraries,
  })
  const start = async (with_: Settings) => {
    const started = startServer(order, { settings: with_, config, logFolder }, run)
    sandbox.onStop(() => started.command.terminate(0))
    return started
  }
  const needed = neededSegments(plan, facts.segmentBytes)
  const progress = setInterval(() => run.progress(progressOf(handOver, needed, facts.segmentBytes)), 1_000)
  try {
    let started = await start(settings)
    await sandbox.watch(started.command.pid, () => started.command.terminate(0))
    let end = await endOf(started, handOver)
    if (end === 'target-not-found' && plan.endIsTarget) {
      // Nothing that is stored is beyond the target: its end is what was asked for.
      await started.command.exited.catch(() => undefined)
      run.signal.throwIfAborted()
      started = await start(withoutTarget(settings))
      end = await endOf(started, handOver)
    }
    return await accept(order, { started, end, handOver, last: needed.last, preload }, run)
  } catch (error) {
    run.signal.throwIfAborted()
    throw sandbox.filled() ?? error
  } finally {
    clearInterval(progress)
    await handOver.close()
  }
}

function startServer(
  { server, data, folder, sandbox }: RecoveryOrder,
  { settings, config, logFolder }: { settings: Settings; config: string; logFolder: string },
  run: RunContext,
): Started {
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const postgres = [join(server.folder, 'postgres'), '-D', data, ...args]
  // Its log is followed line by line, and only stdout can be.
  const spec = { file: '/bin/sh', args: ['-c', 'exec "$@" 2>&1', 'sh', ...postgres], env: { LC_ALL: 'C' } }
  // A folder that is shown twice is two places for the kernel, between which nothing is renamed.
  const own = logFolder.startsWith(`${folder}/`) ? [] : [logFolder]
  const view = { read: [config], write: [folder, sandbox.sockets, ...own] }
  const command = runCommand(sandbox.confinement.command(spec, view), run)
  return { command, log: readServerLog(command.stdout) }
}

/** The first that happens: an end in the server's log, its process's end, or what keeps the log from it. */
async function endOf({ command, log }: Started, handOver: LogHandOver): Promise<RecoveryEnd | null> {
  const ended = command.exited.then(
    () => log.end,
    () => log.end,
  )
  try {
    return await Promise.race([log.end, ended, handOver.failed])
  } catch (error) {
    await command.terminate(giveUpMs)
    throw error
  }
}

interface Ended {
  started: Started
  end: RecoveryEnd | null
  handOver: LogHandOver
  last: number
  preload: Preloaded
}

/** Nothing but a server that is where it was promised to be is given out. */
async function accept(
  { sandbox, plan, facts }: RecoveryOrder,
  { started, end, handOver, last, preload }: Ended,
  run: RunContext,
): Promise<RecoveredServer> {
  const refuse = async (why: string): Promise<never> => {
    await started.command.terminate(0)
    run.signal.throwIfAborted()
    throw new HoldfastError('recovery-failed', `The recovery did not reach its target: ${why}.`, {
      facts: {
        log: `${started.log.tail()}\n${started.command.stderrTail()}`.trim(),
        plan: tellPlan(plan),
        leftOut: preload.leftOut,
      },
    })
  }
  if (end === null) return refuse(`the server ended (${started.log.lastError() ?? 'it said nothing'})`)
  if (end === 'target-not-found') return refuse('the log ended before it')
  if (end === 'settings-too-low') return refuse('the settings of the server are lower than those of the primary were')
  const source = await findSuperuser(recoveredSource(sandbox.sockets), facts.user, run)
  const { isRecovering, isPaused, ...reached } = await readReached(source, plan, run)
  if (end === 'promoted' ? isRecovering : !isPaused) return refuse('the server is still recovering')
  const stop = started.log.stop()
  const why = judgeReached(plan, {
    ...reached,
    xid: stop?.xid ?? null,
    hasStopped: stop !== null,
    hasTakenAll: handOver.newestTaken() === last,
  })
  if (why !== null) return refuse(why)
  return {
    source,
    reached: { ...reached, xid: stop?.xid ?? null },
    isPromoted: end === 'promoted',
    leftOut: preload.leftOut,
    crash: () => started.log.crash(),
    stop: () => stopServer(source, started.command, run),
  }
}

const recoveredSource =
  (sockets: string) =>
  (user: string, database: string): SourceSpec => ({
    id: 'recovered',
    name: 'recovered',
    engine: 'postgres',
    connection: { host: sockets, port, database, user, ssl: 'disable' },
    secrets: {},
    options: postgresOptionsSchema.parse({}),
  })

const withoutTarget = (settings: Settings): Settings =>
  Object.fromEntries(
    Object.entries(settings).filter(
      ([name]) =>
        !name.startsWith('recovery_target') || ['recovery_target_timeline', 'recovery_target_action'].includes(name),
    ),
  )

function higherOf(...all: Readonly<Record<string, number>>[]): Record<string, number> {
  return Object.fromEntries(insistedSettings.map((name) => [name, Math.max(...all.map((each) => each[name] ?? 0))]))
}

function progressOf(handOver: LogHandOver, { first, last }: { first: number; last: number }, segmentBytes: number) {
  const taken = (handOver.newestTaken() ?? first - 1) - first + 1
  return { phase: 'replaying the log', doneBytes: taken * segmentBytes, totalBytes: (last - first + 1) * segmentBytes }
}

function tellPlan({ base, timeline, path, reaches, settings }: RecoveryPlan): Record<string, unknown> {
  const legs = path.map((leg) => `${leg.timeline} ${formatLsn(leg.from)} to ${formatLsn(leg.to)}`)
  return { backupId: base.backupId, timeline, path: legs, as: reaches.as, settings }
}
