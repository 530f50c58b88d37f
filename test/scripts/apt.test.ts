import { spawn } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
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
  const code = `import { apt } from './scripts/bootstrap/apt.mjs'; import { fail } from './scripts/bootstrap/say.mjs'
    await apt(['install', '-y', 'zstd'], { env: process.env, patience: ${patience}, pause: 5 }).catch(fail)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    cwd: root,
    env: { ...process.env, PATH: `${bin}:${process.env['PATH']}`, NO_COLOR: '1' },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve))
  const calls = (await readFile(path.join(dir, 'calls'), 'utf8')).trim().split('\n')
  return { exitCode, lines: output.trim() === '' ? [] : output.trim().split('\n'), calls }
}

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

  it('is not what is waited for when something else is wrong', async () => {
    await using dir = await tempDir('apt')
    const { exitCode, calls } = await install(dir.path, 'E: Unable to locate package zstd', 1_000_000, 600_000)
    expect(exitCode).toBe(1)
    expect(calls).toHaveLength(1)
  })
})
