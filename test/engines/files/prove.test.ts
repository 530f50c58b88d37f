import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { snapshot } from '@/lib/engines/files/snapshot/method'
import type { ReadableBackup } from '@/lib/ports/backup-method'
import { takeBackup } from '@/test/helpers/databases/engine-backup'
import { filesSource } from '@/test/helpers/engines/files'
import { makeTestRun, nothing } from '@/test/helpers/run-context'

/** What the archive has otherwise than the index says, made by the shell; and the checks that must find it. */
const differences: Record<string, { script: string; checks: string[] }> = {
  'the content of a file, with its size and time': {
    script: 'printf tampered > m; touch -d @1000000000 m',
    checks: ['content'],
  },
  'the size of a file': {
    script: 'printf longer-than-it-was > m; touch -d @1000000000 m',
    checks: ['object-inventory', 'content'],
  },
  'the time of a file': { script: 'touch -d @1000000001 m', checks: ['object-inventory'] },
  'the rights of a file': { script: 'chmod 4755 m', checks: ['object-inventory', 'owners-and-rights'] },
  'the owner of a file': { script: 'chown 12345:12345 m; chmod 0644 m', checks: ['owners-and-rights'] },
  'where a link leads': { script: 'ln -sfn elsewhere link', checks: ['object-inventory'] },
  'a link instead of a file': { script: 'ln -sfn /etc/passwd m', checks: ['object-inventory', 'content'] },
  'a file less': { script: 'rm m', checks: ['restores-without-errors'] },
}

describe('a restore test of files', () => {
  let base: string
  let root: string
  beforeEach(async () => {
    base = await mkdtemp(path.join(tmpdir(), 'hf-prove-'))
    root = path.join(base, 'root')
    await mkdir(root)
    shell('for name in a m z; do printf "of %6s" $name > $name; touch -d @1000000000 $name; chmod 0644 $name; done')
    shell('truncate -s -1 m; touch -d @1000000000 m; ln -s a link')
  })
  afterEach(() => rm(base, { recursive: true, force: true }))

  const shell = (script: string) => execFileSync('bash', ['-ec', script], { cwd: root, stdio: 'pipe' })
  const take = (name: string) =>
    takeBackup(snapshot, filesSource(root, {}, { parallelism: 1 }), path.join(base, name), makeTestRun())
  const failed = async (backup: ReadableBackup, level: 'standard' | 'comprehensive' = 'comprehensive') => {
    const sandbox = { root: path.join(base, 'sandboxes'), keepOut: nothing }
    const { checks } = await snapshot.prove({ ...backup, level, sandbox }, makeTestRun())
    return checks.filter(({ verdict }) => verdict !== 'passed').map(({ name }) => name)
  }

  it.each(Object.entries(differences))('finds another archive by %s', async (_, { script, checks }) => {
    const right = await take('right')
    expect(await failed(right)).toEqual([])
    shell(script)
    const other = await take('other')
    const swapped: ReadableBackup = {
      manifest: right.manifest,
      open: (part, run) => (part.role === 'files' ? other : right).open(part, run),
    }
    expect(await failed(swapped)).toEqual(checks)
  })
})
