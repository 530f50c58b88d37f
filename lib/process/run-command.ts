import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import { constants } from 'node:os'
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { CommandSpec, RunningCommand } from '@/lib/ports/process'
import type { Logger } from '@/lib/ports/run-context'
import { commandError, commandMissing } from './command-error'
import { exactEnvironment } from './exact-environment'
import { findTool } from './find-tool'
import { endWithParent } from './end-with-parent'
import { launchPrefix } from './launch-prefix'
import { openBulkPipe } from './pipe-reader'
import { redact } from './redact'
import { StderrTail } from './stderr-tail'
import { terminateGroup } from './terminate'

/** A tool that ended may leave stderr open in a daemon it started; its last words are waited for this long. */
const lastWordsMs = 250
/** What a tool left running in its group has this long to end before it is killed. */
const leftoverGraceMs = 1_000

function environment(own: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { PATH, LANG, TZ } = process.env
  const inherited = { PATH: PATH ?? '/usr/local/bin:/usr/bin:/bin', LANG: LANG ?? 'C.UTF-8', ...(TZ ? { TZ } : {}) }
  return exactEnvironment({ ...inherited, ...own })
}

/** A stream that carries on after its reader has gone must not bring the process down by an unheard error. */
function ignoreUnheard(stream: { on(event: 'error', listener: () => void): unknown } | null): void {
  stream?.on('error', () => undefined)
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}

/**
 * Starts a tool in its own process group (see lib/ports/process.ts). On abort the group is ended, `stdout` fails with
 * the signal's reason and `exited` rejects with it, after no process is left. A clean end of `stdout` alone proves
 * nothing: a killed tool's pipe ends just so, which is why `exited` must be awaited too.
 *
 * Throws `command-missing` when there is no such program, and the signal's reason when it is already aborted.
 */
export function runCommand(spec: CommandSpec, run: { signal: AbortSignal; logger: Logger }): RunningCommand {
  run.signal.throwIfAborted()
  const file = findTool(spec.file)
  if (file === null) throw commandMissing(spec.file)
  const [program = file, ...args] = [...launchPrefix(spec), file, ...spec.args]
  const secrets = spec.secrets ?? []

  const { child, bulk } = start(program, args, spec)
  child.on('error', (error) => run.logger.warn('tool could not be started', { command: file, error: error.message }))
  const { pid, stderr, stdin } = child
  const stdout = bulk ?? child.stdout ?? (spec.stdout === undefined ? null : Readable.from([]))
  if (pid === undefined || !stdout || !stderr) {
    bulk?.destroy()
    throw new HoldfastError('command-failed', `${file} could not be started`, {
      remedy: 'Check that its working folder exists and that the system has memory and processes left.',
      facts: { command: file, cwd: spec.cwd },
    })
  }

  const release = endWithParent(pid)
  const tail = new StderrTail(stderr, secrets)
  ignoreUnheard(stdin)
  ignoreUnheard(stdout)
  const told = spec.tool ?? { file, args: spec.args }
  run.logger.debug('tool started', { command: redact([told.file, ...told.args].join(' '), secrets), pid })

  const exited = settle({ child, pid, stdout, tail, spec, run }).finally(release)
  // Callers that fail before they await it must not turn it into an unhandled rejection.
  exited.catch(() => undefined)

  return {
    pid,
    stdin,
    stdout,
    exited,
    stderrTail: () => tail.text(),
    terminate: (graceMs) => terminateGroup(pid, graceMs),
  }
}

/** The child, and its output when that has a pipe of our own. */
function start(program: string, args: string[], spec: CommandSpec): { child: ChildProcess; bulk: Readable | null } {
  const bulk = spec.bulkOutput ? openBulkPipe() : null
  try {
    const child = spawn(program, args, {
      detached: true,
      env: environment(spec.env),
      stdio: [spec.stdin ?? 'ignore', spec.stdout ?? bulk?.writeFd ?? 'pipe', 'pipe'],
      ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
      ...(spec.uid === undefined ? {} : { uid: spec.uid }),
      ...(spec.gid === undefined ? {} : { gid: spec.gid }),
    })
    return { child, bulk: bulk?.stdout ?? null }
  } catch (error) {
    bulk?.stdout.destroy()
    throw error
  } finally {
    // As long as we held the writing end ourselves, the reader would see no end.
    if (bulk) closeSync(bulk.writeFd)
  }
}

interface Started {
  child: ChildProcess
  pid: number
  stdout: Readable
  tail: StderrTail
  spec: CommandSpec
  run: { signal: AbortSignal; logger: Logger }
}

async function settle(started: Started): Promise<void> {
  const { pid, tail, spec, run } = started
  const { aborted, ...ended } = await leaderEnd(started)
  const { exitCode, signal } = spec.tool ? endOfConfined(ended) : ended
  // Nothing of the group survives its leader, also when that was killed: its helpers would keep their connections.
  await terminateGroup(pid, leftoverGraceMs)
  await Promise.race([tail.ended, delay(lastWordsMs)])
  run.logger.debug('tool ended', { pid, exitCode, signal, aborted })
  if (aborted) throw run.signal.reason
  if (exitCode !== 0) throw commandError(spec, { exitCode, signal, stderr: tail.text() })
}

/** What confines a tool outlives it, and says as shells do by which signal the tool was ended: 128 and its number. */
function endOfConfined<End extends { exitCode: number | null; signal: NodeJS.Signals | null }>(end: End) {
  const number = (end.exitCode ?? 0) - 128
  const found = Object.entries(constants.signals).find(([, value]) => value === number)
  return found ? { exitCode: null, signal: found[0] as NodeJS.Signals } : end
}

function leaderEnd({ child, pid, stdout, run }: Started) {
  return new Promise<{ exitCode: number | null; signal: NodeJS.Signals | null; aborted: boolean }>(
    (resolve, reject) => {
      let aborted = false
      const onAbort = () => {
        aborted = true
        stdout.destroy(asError(run.signal.reason))
        terminateGroup(pid).catch(reject)
      }
      run.signal.addEventListener('abort', onAbort, { once: true })
      child.once('exit', (exitCode, signal) => {
        run.signal.removeEventListener('abort', onAbort)
        resolve({ exitCode, signal, aborted })
      })
    },
  )
}
