import { logical } from '@/lib/engines/postgres/logical/method'
import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sandboxFolders } from '@/lib/sandbox/folders'
import { type PlainBackup, takeBackup } from '@/test/helpers/databases/engine-backup'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { contentDigest, nastyDatabase } from '@/test/helpers/databases/postgres-content'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

const name = `we'ird "db" = x\\ -ü`

describe('a database with everything in it', () => {
  let pg: TestPostgres
  let elsewhere: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>
  let backup: PlainBackup
  let before: Record<string, string>

  beforeAll(async () => {
    dir = await tempDir('engine')
    ;[pg, elsewhere] = await Promise.all([startPostgres(), startPostgres()])
    await pg.sql(`CREATE DATABASE "${name.replaceAll('"', '""')}"`)
    const client = await pg.connect(name)
    await nastyDatabase(client)
    before = await contentDigest(client)
    backup = await takeBackup(logical, pg.source({ connection: { database: name } }), dir.path, makeTestRun())
  })
  afterAll(async () => {
    await Promise.all([pg?.close(), elsewhere?.close()])
    await Promise.all(sandboxFolders(sandboxRoot()).map((folder) => rm(folder, { recursive: true, force: true })))
    await dir?.remove()
  })

  const sandboxRoot = () => `${dir.path}/sandboxes`
  const leftovers = async () =>
    (await Promise.all(sandboxFolders(sandboxRoot()).map((folder) => readdir(folder).catch(() => [])))).flat()

  it('is the same after a restore elsewhere with its roles (fault 12)', async () => {
    for (const role of ['nasty owner "x"', 'nasty_reader'])
      await elsewhere.sql(`CREATE ROLE "${role.replaceAll('"', '""')}"`)
    const target = { source: elsewhere.source(), database: `copy of ${name}`, owners: 'keep' as const }
    const { warnings } = await logical.restore(
      { manifest: backup.manifest, open: backup.open, check: backup.check, target, keepOut: nothing },
      makeTestRun(),
    )
    expect(warnings).toEqual([])
    const client = await elsewhere.connect(target.database)
    expect(await contentDigest(client)).toEqual(before)
    expect(Object.keys(before).length).toBeGreaterThan(25)
  })

  it('is the same after a restore without owners', async () => {
    const target = { source: elsewhere.source(), database: 'no owners', owners: 'drop' as const }
    await logical.restore(
      { manifest: backup.manifest, open: backup.open, check: backup.check, target, keepOut: nothing },
      makeTestRun(),
    )
    expect(await contentDigest(await elsewhere.connect('no owners'))).toEqual(before)
  })

  it('passes the standard restore test, and its sandbox is gone afterwards', async () => {
    const run = makeTestRun()
    const proof = await logical.prove(
      {
        manifest: backup.manifest,
        open: backup.open,
        level: 'standard',
        sandbox: { root: sandboxRoot(), keepOut: nothing },
      },
      run,
    )
    expect(proof.checks.filter((check) => check.verdict !== 'passed')).toEqual([])
    expect(proof.checks.map((check) => check.name)).toEqual([
      'archive-readable',
      'restores-without-errors',
      'object-inventory',
      'row-counts',
      'sequence-values',
      'large-objects',
      'materialized-views',
    ])
    expect(proof.restoreDurationMs).toBeGreaterThan(0)
    expect(proof.evidence).toMatchObject({ largeObjects: 3 })
    expect(await leftovers()).toEqual([])
  })

  it('passes the comprehensive restore test', async () => {
    const proof = await logical.prove(
      {
        manifest: backup.manifest,
        open: backup.open,
        level: 'comprehensive',
        sandbox: { root: sandboxRoot(), keepOut: nothing },
      },
      makeTestRun(),
    )
    expect(proof.checks.filter((check) => check.verdict !== 'passed')).toEqual([])
    expect(proof.checks.map((check) => check.name)).toEqual(
      expect.arrayContaining(['content-hashes', 'constraints-validated', 'indexes-sound']),
    )
  })

  it('runs no shell command that hides in the name or comment of a role (fault 87)', () => {
    expect(existsSync('/tmp/holdfast-pwned')).toBe(false)
  })
})
