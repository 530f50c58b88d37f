import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { incremental, snapshot } from '@/lib/engines/files/snapshot/method'
import { type PlainBackup, takeBackup } from '@/test/helpers/databases/engine-backup'
import { filesSource, treeDigest } from '@/test/helpers/engines/files'
import { makeTestRun, nothing } from '@/test/helpers/run-context'

const run = makeTestRun()
/** What is taken out of a folder changes its time. */
const withoutTimesOfFolders = (digest: string) => digest.replace(/^([^|\n]*\|d\|\d+\|\d+:\d+)\|[\d.]+/gm, '$1')

describe('an incremental backup of files with several names', () => {
  let base: string
  let root: string
  beforeEach(async () => {
    base = await mkdtemp(path.join(tmpdir(), 'hf-choice-'))
    root = path.join(base, 'root')
    mkdirSync(root)
    shell('mkdir d e; echo linked > a; ln a b; ln a d/c; ln a e/z; echo other > d/o; ln d/o e/o; echo x > e/x')
  })
  afterEach(() => rm(base, { recursive: true, force: true }))
  const shell = (script: string) => execFileSync('bash', ['-ec', script], { cwd: root, stdio: 'pipe' })

  it.each([
    { without: ['a'] },
    { without: ['a', 'b'] },
    { without: ['d'] },
    { without: ['d/o'] },
    { without: ['a', 'd/o'] },
    { without: ['a', 'b', 'd'] },
    { without: ['e'] },
    { without: ['x'] },
  ])('has what the names that are left hold when patterns leave these out: $without', async ({ without }) => {
    const first = await takeBackup(snapshot, filesSource(root), path.join(base, '1'), run)
    const fewer = filesSource(root, { exclude: without })
    const second = await takeBackup(incremental, fewer, path.join(base, '2'), run, first)
    const third = await takeBackup(incremental, fewer, path.join(base, '3'), run, second)
    const again = await takeBackup(incremental, filesSource(root), path.join(base, '4'), run, third)

    const whole = treeDigest(root)
    expect(treeDigest(await restore(again, [first, second, third]))).toBe(whole)
    shell(`rm -rf ${without.map((name) => (name === 'x' ? 'e/x' : name)).join(' ')}`)
    const left = withoutTimesOfFolders(treeDigest(root))
    expect(withoutTimesOfFolders(treeDigest(await restore(second, [first])))).toBe(left)
    expect(withoutTimesOfFolders(treeDigest(await restore(third, [first, second])))).toBe(left)
  })

  it.each([
    'mv d f',
    'mv d 0',
    'mv e 0',
    'mkdir f; mv d e f',
    'mv d f; mv e d',
    'mv d f; mkdir d; ln f/c d/c',
    'rm d/o',
    'ln a d/new',
    'mv d f; echo more >> b',
  ])('has them as they are after: %s', async (change) => {
    const first = await takeBackup(snapshot, filesSource(root), path.join(base, '1'), run)
    shell(change)
    const second = await takeBackup(incremental, filesSource(root), path.join(base, '2'), run, first)
    const third = await takeBackup(incremental, filesSource(root), path.join(base, '3'), run, second)
    const whole = treeDigest(root)
    expect(treeDigest(await restore(second, [first]))).toBe(whole)
    expect(treeDigest(await restore(third, [first, second]))).toBe(whole)
  })

  it('reads no more than has changed when the names of other files stay', async () => {
    const first = await takeBackup(snapshot, filesSource(root), path.join(base, '1'), run)
    shell('echo more >> e/x')
    const second = await takeBackup(incremental, filesSource(root), path.join(base, '2'), run, first)
    const listed = (name: string) => execFileSync('tar', ['-tf', path.join(base, '2', name)], { encoding: 'utf8' })
    const stored = second.manifest.parts.filter(({ role }) => role === 'files').map(({ file }) => listed(file))
    expect(stored.join('')).toBe('./e/x\n')
  })

  let places = 0
  async function restore(backup: PlainBackup, before: PlainBackup[]): Promise<string> {
    const target = { source: filesSource(root), mode: 'new', path: path.join(base, `restored ${(places += 1)}`) }
    await snapshot.restore({ ...backup, before, target, keepOut: nothing }, makeTestRun())
    return target.path
  }
})
