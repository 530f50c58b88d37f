import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { incremental, snapshot } from '@/lib/engines/files/snapshot/method'
import { takeBackup } from '@/test/helpers/databases/engine-backup'
import { filesSource, treeDigest } from '@/test/helpers/engines/files'
import { makeTestRun, nothing } from '@/test/helpers/run-context'

/** What others do to a file between the look at the folder and the reading. */
const changes: Record<string, { act: (root: string) => Promise<void>; told: RegExp }> = {
  vanishes: { act: (root) => rm(path.join(root, 'm')), told: /1 file vanished before it was read: m/ },
  'is longer': { act: (root) => writeFile(path.join(root, 'm'), 'x'.repeat(5_000)), told: /changed.*: m/ },
  'is shorter': { act: (root) => writeFile(path.join(root, 'm'), 'x'), told: /changed.*: m/ },
  'becomes a link': {
    act: async (root) => {
      await rm(path.join(root, 'm'))
      await symlink('/etc/passwd', path.join(root, 'm'))
    },
    told: /changed.*: m/,
  },
  'becomes a folder': {
    act: async (root) => {
      await rm(path.join(root, 'm'))
      await mkdir(path.join(root, 'm'))
      await writeFile(path.join(root, 'm/inside'), 'inside')
    },
    told: /changed.*: m/,
  },
  'is in a folder that was moved': {
    act: (root) => rename(path.join(root, 'deep'), path.join(root, 'moved')),
    told: /vanished before they were read: deep, deep\/file/,
  },
}

describe('a folder that others change while it is read', () => {
  let base: string
  let root: string
  beforeEach(async () => {
    base = await mkdtemp(path.join(tmpdir(), 'hf-changing-'))
    root = path.join(base, 'root')
    await mkdir(path.join(root, 'deep'), { recursive: true })
    for (const name of ['a', 'deep/file', 'm', 'z']) await writeFile(path.join(root, name), `content of ${name}`)
  })
  afterEach(() => rm(base, { recursive: true, force: true }))

  const prove = (backup: Awaited<ReturnType<typeof takeBackup>>) =>
    snapshot.prove(
      {
        manifest: backup.manifest,
        open: backup.open,
        level: 'comprehensive',
        sandbox: { root: path.join(base, 'sandboxes'), keepOut: nothing },
      },
      makeTestRun(),
    )

  it.each(Object.entries(changes))('a file that %s is recorded, and shifts no other', async (_, { act, told }) => {
    const once = {
      ...snapshot,
      async begin(...args: Parameters<typeof snapshot.begin>) {
        const session = await snapshot.begin(...args)
        await act(root)
        return session
      },
    }
    const source = filesSource(root, {}, { parallelism: 1 })
    const backup = await takeBackup(once, source, path.join(base, 'backup'), makeTestRun())
    expect(backup.toolWarnings.join('\n')).toMatch(told)
    const { checks } = await prove(backup)
    expect(checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([])
    const target = { source, mode: 'new', path: path.join(base, 'restored') }
    await snapshot.restore({ ...backup, target, keepOut: nothing }, makeTestRun())
    for (const name of ['a', 'z']) execFileSync('cmp', [path.join(root, name), path.join(target.path, name)])
    // What changed is seen as changed by the next backup.
    const next = await takeBackup(incremental, source, path.join(base, 'next'), makeTestRun(), backup)
    const again = { source, mode: 'new', path: path.join(base, 'again') }
    await incremental.restore({ ...next, before: [backup], target: again, keepOut: nothing }, makeTestRun())
    expect(treeDigest(again.path)).toBe(treeDigest(root))
  })

  it('is refused as replaced when its folder is another by the end', async () => {
    const session = await snapshot.begin(filesSource(root), makeTestRun())
    try {
      await rename(root, `${root}-before`)
      await mkdir(root)
      await expect(session.confirm()).rejects.toMatchObject({ code: 'source-failed' })
    } finally {
      await session.close()
    }
  })
})
