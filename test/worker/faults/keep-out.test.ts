import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempDir } from '@/test/helpers/temp'
import { keepOut } from '@/worker/keep-out'

describe('what a sandbox must not reach (security 12)', () => {
  it('is everything of the instance but the sandboxes, each key, the catalog and local destinations', async () => {
    await using dir = await tempDir('keep-out')
    const home = dir.path
    for (const name of ['keys', 'backups', 'run', 'logs', 'sandboxes', 'postgres/data'])
      mkdirSync(path.join(home, name), { recursive: true })
    writeFileSync(path.join(home, 'keys/master-key'), 'secret')
    const pid = ['4711', `${home}/postgres/data`, '1700000000', '5433', home, '127.0.0.1', '1 2'].join('\n')
    writeFileSync(path.join(home, 'postgres/data/postmaster.pid'), pid)
    const found = keepOut(home, ['/srv/backups'])
    const below = (name: string) => path.join(home, name)
    expect(found.paths).toEqual(expect.arrayContaining([home, below('keys'), below('keys/master-key'), below('run')]))
    expect(found.paths).toEqual(expect.arrayContaining([below('postgres/data'), '/srv/backups']))
    expect(found.paths).not.toContain(below('sandboxes'))
    expect(found.pids).toEqual(expect.arrayContaining([4711, process.ppid]))
    expect(found.sockets).toEqual([`${home}/.s.PGSQL.5433`])
  })

  it('is told without a catalog of its own', async () => {
    await using dir = await tempDir('keep-out')
    expect(keepOut(dir.path, [])).toEqual({ paths: [dir.path], pids: [process.ppid], sockets: [] })
  })
})
