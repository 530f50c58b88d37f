import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it, vi } from 'vitest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { feedCommand } from '@/lib/process/feed-command'
import { isGroupAlive } from '@/lib/process/process-group'
import { runCommand } from '@/lib/process/run-command'
import { makeTestRun } from '../helpers/run-context'

const bin = (name: string) => join(import.meta.dirname, '../fixtures/bin', name)

function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return !stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
  } catch {
    return false
  }
}

async function failure(promise: Promise<unknown>): Promise<HoldfastError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof HoldfastError)) throw new Error(`expected a HoldfastError, got ${String(error)}`)
  return error
}

async function readPids(stdout: Readable): Promise<number[]> {
  const [first] = await once(stdout, 'data')
  return String(first).trim().split(' ').map(Number)
}

describe('a tool that runs', () => {
  it('gives its output and ends well on exit 0', async () => {
    const command = runCommand({ file: 'printf', args: ['%s', '$HOME `id` "quoted"'] }, makeTestRun())
    expect(await text(command.stdout)).toBe('$HOME `id` "quoted"')
    await expect(command.exited).resolves.toBeUndefined()
  })

  it.each(['SIGKILL', 'SIGSEGV', 'SIGPIPE'])(
    'tells that it was ended by %s, also from inside a confinement',
    async (signal) => {
      // As what confines a tool does: it waits for it, and ends with what a shell would make of it.
      const confined = {
        file: 'bash',
        args: ['-c', `bash -c 'kill -${signal} $$'; exit $?`],
        tool: { file: 'pg_restore', args: [] },
      }
      const plain = { file: 'bash', args: ['-c', `kill -${signal} $$`] }
      for (const spec of [confined, plain]) {
        const command = runCommand(spec, makeTestRun())
        command.stdout.resume()
        expect((await failure(command.exited)).facts).toMatchObject({ exitCode: null, signal })
      }
    },
  )

  it('inherits nothing of our environment but PATH, LANG and TZ (security 8)', async () => {
    vi.stubEnv('HOLDFAST_MASTER_KEY', 'must-not-leak')
    const command = runCommand({ file: bin('print-environment'), args: [], env: { PGPASSFILE: '/x' } }, makeTestRun())
    const output = await text(command.stdout)
    vi.unstubAllEnvs()
    const names = output
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0])
    expect(names).toContain('PGPASSFILE')
    expect(
      names.filter((name) => !['PATH', 'LANG', 'TZ', 'PGPASSFILE', 'PWD', '_', 'SHLVL', 'OLDPWD'].includes(name ?? '')),
    ).toEqual([])
  })

  it('is not blocked by a flood on stderr, of which the last lines are kept', async () => {
    const command = runCommand({ file: bin('stderr-flood'), args: [] }, makeTestRun())
    expect(await text(command.stdout)).toBe('done\n')
    await command.exited
    const lines = command.stderrTail().split('\n')
    expect(lines).toHaveLength(40)
    expect(lines.at(-1)).toBe('last words')
  })

  it('runs with low and lowest priority when asked', async () => {
    const niceness = async (priority: 'low' | 'lowest') =>
      (await text(runCommand({ file: 'nice', args: [], priority }, makeTestRun()).stdout)).trim()
    expect(await niceness('low')).toBe('10')
    expect(await niceness('lowest')).toBe('19')
  })

  it.runIf(process.getuid?.() === 0)('drops root when a user is given', async () => {
    const command = runCommand({ file: 'id', args: ['-u'], uid: 65534, gid: 65534, cwd: '/' }, makeTestRun())
    expect((await text(command.stdout)).trim()).toBe('65534')
  })
})

describe('a tool that fails', () => {
  it('is an error with its exit code and its last words although its output ended cleanly (fault 1)', async () => {
    const secret = 'p@ss word/1'
    const run = makeTestRun()
    const command = runCommand(
      { file: bin('fail-after'), args: ['90000', 'exit', '3'], env: { FAKE_SECRET: secret }, secrets: [secret] },
      run,
    )
    expect((await command.stdout.toArray()).reduce((sum: number, chunk: Buffer) => sum + chunk.length, 0)).toBe(90_000)
    const error = await failure(command.exited)
    expect(error.code).toBe('command-failed')
    expect(error.facts).toMatchObject({ exitCode: 3, signal: null })
    expect(error.message).toContain('fail-after failed with exit code 3')
    expect(JSON.stringify([error.facts, error.message, run.logged])).not.toContain(secret)
  })

  it.each([
    [
      'ERROR:  syntax error at or near "85"\nLINE 1: COPY a 85\n               ^\n',
      'ERROR:  syntax error at or near "85"',
    ],
    ['zstd: error 70 : Write error\n: cannot write block\n\n', ': cannot write block'],
    ['pg_restore: error: one\npg_restore: warning: errors ignored on restore: 1\n', 'pg_restore: error: one'],
    ['killed\n', 'killed'],
  ])('says in its message what the tool said went wrong: %j', async (said, told) => {
    const command = runCommand({ file: 'sh', args: ['-c', 'printf %s "$0" >&2; exit 3', said] }, makeTestRun())
    command.stdout.resume()
    expect((await failure(command.exited)).message).toBe(`sh failed with exit code 3: ${told}`)
  })

  it('is an error naming the signal when it was killed in mid-stream (fault 2)', async () => {
    const command = runCommand({ file: bin('fail-after'), args: ['1000', 'kill', 'KILL'] }, makeTestRun())
    command.stdout.resume()
    const error = await failure(command.exited)
    expect(error.facts).toMatchObject({ exitCode: null, signal: 'SIGKILL' })
    expect(error.remedy).toContain('memory')
  })

  it('leaves no helper running when its leader is killed (fault 2)', async () => {
    const command = runCommand({ file: bin('orphaning-leader'), args: [] }, makeTestRun())
    const [, helper = 0] = await readPids(command.stdout)
    await failure(command.exited)
    expect(isRunning(helper)).toBe(false)
    expect(isGroupAlive(command.pid)).toBe(false)
  })

  it('is named as missing when it is not installed', () => {
    expect(() => runCommand({ file: 'no-such-tool-here', args: [] }, makeTestRun())).toThrow(
      expect.objectContaining({ code: 'command-missing' }),
    )
  })
})

describe('cancelling a tool', () => {
  it('ends the whole group, also members that ignore SIGTERM, and rejects with the reason (fault 11)', async () => {
    const run = makeTestRun()
    const command = runCommand({ file: bin('stubborn-family'), args: [] }, run)
    const pids = await readPids(command.stdout)
    expect(pids.map(isRunning)).toEqual([true, true])
    const streamError = once(command.stdout, 'error')
    const reason = new Error('cancelled by the user')
    run.abort(reason)
    await expect(command.exited).rejects.toBe(reason)
    expect(pids.map(isRunning)).toEqual([false, false])
    expect(await streamError).toEqual([reason])
  }, 15_000)

  it('ends a stopped tool within the grace time given (fault 11)', async () => {
    const command = runCommand({ file: 'sleep', args: ['300'] }, makeTestRun())
    process.kill(command.pid, 'SIGSTOP')
    await command.terminate(500)
    expect(isGroupAlive(command.pid)).toBe(false)
    expect((await failure(command.exited)).facts.signal).toMatch(/SIGTERM|SIGKILL/)
  })

  it('starts nothing once the signal is aborted', () => {
    const run = makeTestRun()
    run.abort(new Error('too late'))
    expect(() => runCommand({ file: 'sleep', args: ['300'] }, run)).toThrow('too late')
  })
})

describe('when our own process is killed with SIGKILL', () => {
  it('no tool and no helper of a tool survives (fault 2)', async () => {
    const parent: ChildProcess = spawn(
      process.execPath,
      ['--import', 'tsx', join(import.meta.dirname, '../fixtures/hold-tool.ts')],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    if (!parent.stdout) throw new Error('no stdout')
    const pids = await readPids(parent.stdout)
    expect(pids.map(isRunning)).toEqual([true, true])
    parent.kill('SIGKILL')
    await vi.waitFor(() => expect(pids.map(isRunning)).toEqual([false, false]), { timeout: 10_000, interval: 50 })
  }, 30_000)
})

describe('feeding a tool', () => {
  it('passes all bytes and waits for its end', async () => {
    const command = runCommand({ file: 'wc', args: ['-c'], stdin: 'pipe' }, makeTestRun())
    const output = text(command.stdout)
    await feedCommand(Readable.from([Buffer.alloc(500_000), Buffer.alloc(7)]), command)
    expect((await output).trim()).toBe('500007')
  })

  it('names the tool that failed, not the broken pipe that followed', async () => {
    const command = runCommand(
      { file: 'sh', args: ['-c', 'head -c 10 >/dev/null; echo "bad row" >&2; exit 4'], stdin: 'pipe' },
      makeTestRun(),
    )
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(65_536)
      })(),
    )
    const error = await failure(feedCommand(endless, command))
    expect(error.message).toContain('bad row')
    expect(endless.destroyed).toBe(true)
  })

  it('says so when a tool exits 0 without having read everything', async () => {
    const command = runCommand({ file: 'head', args: ['-c', '10'], stdin: 'pipe' }, makeTestRun())
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(65_536)
      })(),
    )
    expect((await failure(feedCommand(endless, command))).code).toBe('command-closed-input')
  })

  it.each([
    ['nothing more, and that is the end', null, null],
    ['more after all', Buffer.from('x'), { code: 'command-closed-input' }],
    ['an error', new Error('damaged'), { message: 'damaged' }],
  ])('waits for the rest of the source when a tool has left with all it needed: %s', async (_, rest, told) => {
    const command = runCommand({ file: 'head', args: ['-c', '10'], stdin: 'pipe' }, makeTestRun())
    command.stdout.resume()
    const source = Readable.from(
      (async function* () {
        yield Buffer.alloc(10)
        await command.exited
        await vi.waitFor(() => expect(command.stdin?.destroyed).toBe(true))
        if (rest instanceof Error) throw rest
        if (rest) yield rest
      })(),
      { objectMode: false },
    )
    const feeding = feedCommand(source, command)
    if (told === null) await expect(feeding).resolves.toBeUndefined()
    else await expect(feeding).rejects.toMatchObject(told)
  })

  it('never shows a tool the end of an input whose source failed', async () => {
    const command = runCommand(
      { file: 'sh', args: ['-c', 'cat >/dev/null; echo committed'], stdin: 'pipe' },
      makeTestRun(),
    )
    const output = text(command.stdout)
    const source = Readable.from(
      (async function* () {
        yield Buffer.from('insert 1;')
        throw new Error('damaged')
      })(),
    )
    await expect(feedCommand(source, command)).rejects.toThrow('damaged')
    expect(await output).toBe('')
  })
})
