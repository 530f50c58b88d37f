import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { tempDir } from '../helpers/temp'

const root = path.resolve(import.meta.dirname, '../..')
/** As apt 2.6 says it of each of its locks. */
const lockTexts = [
  'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 4711 (unattended-upgr)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?',
  'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 4711 (apt-get)\nE: Unable to lock directory /var/lib/apt/lists/',
  'E: Unable to lock the administration directory (/var/lib/dpkg/), is another process using it?',
]

/** Runs apt() with an apt-get that finds its lock held so many times, and then does its work. */
async function install(dir: string, text: string, times: number, patience: number) {
  const bin = path.join(dir, 'bin')
  await mkdir(bin)
  await writeFile(path.join(dir, 'said'), `${text}\n`)
  const script = `#!/bin/sh\necho "$@" >> ${dir}/calls\n[ "$(wc -l < ${dir}/calls)" -gt ${times} ] && exit 0\ncat ${dir}/said >&2\nexit 100\n`
  await writeFile(path.join(bin, 'apt-get'), script)
  await chmod(path.join(bin, 'apt-get'), 0o755)
  const code = `import { apt } from './scripts/bootstrap/apt.mjs'; import { fail } from './scripts/bootstrap/fail.mjs'
    await apt(['install', '-y', 'zstd'], { env: process.env, patience: ${patience}, pause: 5 }).catch(fail)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    cwd: root,
    env: { ...process.env, PATH: `${bin}:${process.env['PATH']}`, TMPDIR: dir, NO_COLOR: '1' },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve))
  const calls = (await readFile(path.join(dir, 'calls'), 'utf8')).trim().split('\n')
  return { exitCode, lines: output.trim() === '' ? [] : output.trim().split('\n'), calls }
}

/** Takes the lock as apt does, and keeps it until its input ends. `struct flock` as 64-bit Linux has it. */
const holdLock = `use Fcntl; $| = 1; open(my $lock, '+<', '/var/lib/dpkg/lock-frontend') or die $!;
  my $whole = pack('s s x4 q q l x4', F_WRLCK, 0, 0, 0, 0); fcntl($lock, F_SETLKW, $whole) or die $!; print "held\n"; <STDIN>`

describe("another program's lock on the package manager", () => {
  it.each(lockTexts)('is waited for, and said once in a while: %s (fault 109)', async (text) => {
    await using dir = await tempDir('apt')
    const { exitCode, lines, calls } = await install(dir.path, text, 3, 600_000)
    expect(exitCode).toBe(0)
    expect(calls).toHaveLength(4)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(
      /^· Another program( \(process 4711, .*\))? is using the package manager; waiting until it is done$/,
    )
  })

  it('that is never given back ends in one line with what to do (fault 109)', async () => {
    await using dir = await tempDir('apt')
    const { exitCode, lines } = await install(dir.path, lockTexts[0] ?? '', 1_000_000, 0)
    expect(exitCode).toBe(1)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(
      /^✗ Another program \(process 4711, unattended-upgr\) .* then run: apt-get install -y zstd$/,
    )
  })

  // Where there is no apt-get, or no right to its lock, there is nothing to wait for either.
  if (process.getuid?.() === 0 && existsSync('/var/lib/dpkg/lock-frontend')) {
    it('of the real apt-get is waited for, with the number of who holds it, and the work done then (fault 109)', async () => {
      const holder = spawn('perl', ['-e', holdLock], { stdio: ['pipe', 'pipe', 'inherit'] })
      const gone = once(holder, 'close')
      try {
        await Promise.race([once(holder.stdout, 'data'), gone])
        // Already there, and left as it is: only the lock is asked for.
        const code = `import { apt } from './scripts/bootstrap/apt.mjs'; import { fail } from './scripts/bootstrap/fail.mjs'
          await apt(['install', '-y', '--no-upgrade', 'dpkg'], { env: process.env, pause: 50 }).then(() => console.log('done'), fail)`
        const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
          cwd: root,
          env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8', NO_COLOR: '1', NODE_ENV: 'test' },
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        const exit = once(child, 'close')
        const lines: string[] = []
        for await (const line of createInterface({ input: child.stdout })) {
          lines.push(line)
          holder.stdin.end()
        }
        expect(lines).toEqual([
          `· Another program (process ${holder.pid}, perl) is using the package manager; waiting until it is done`,
          'done',
        ])
        expect(await exit).toEqual([0, null])
      } finally {
        holder.stdin.end()
        await gone
      }
    })
  }

  it('is not what is waited for when something else is wrong', async () => {
    await using dir = await tempDir('apt')
    const { exitCode, calls } = await install(dir.path, 'E: Unable to locate package zstd', 1_000_000, 600_000)
    expect(exitCode).toBe(1)
    expect(calls).toHaveLength(1)
  })
})
