import { logical } from '@/lib/engines/postgres/logical/method'
import { mkdtemp } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engines } from '@/lib/engines/index'
import type { Engine } from '@/lib/ports/engine'
import { takeBackup } from '@/test/helpers/databases/engine-backup'
import { PlainTools } from '@/test/helpers/databases/plain-tools'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { makeTestRun } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

const engine = engines.postgres as Engine
const script = path.resolve(import.meta.dirname, '../../../fixtures/sql/cases/least-privilege-loss.sql')

describe('what a server does not show to a role that is no superuser', () => {
  let pg: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>

  beforeAll(async () => {
    dir = await tempDir('withheld')
    pg = await startPostgres()
    await pg.sql('CREATE DATABASE loss')
    await new PlainTools(pg).load(script, 'loss')
    await pg.sql('CREATE ROLE narrow LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO narrow', 'loss')
    await pg.sql("CREATE USER MAPPING FOR PUBLIC SERVER elsewhere OPTIONS (user 'everybody')", 'loss')
  })
  afterAll(async () => {
    await pg?.close()
    await dir?.remove()
  })

  const source = (user: string) => pg.source({ connection: { database: 'loss', user } })
  const backUp = async (user: string) =>
    takeBackup(logical, source(user), await mkdtemp(path.join(dir.path, 'backup-')), makeTestRun())
  const missing = async (user: string) => {
    const { ok, findings } = await engine.inspect(source(user), makeTestRun())
    expect(ok).toBe(true)
    return findings.filter((finding) => finding.code === 'not-in-backup')
  }

  it('is named by the test of the connection and by the backup, thing by thing', async () => {
    const found = await missing('hf_ro')
    expect(found.map((finding) => finding.message)).toEqual([
      expect.stringContaining('subscription asleep'),
      expect.stringContaining('user mappings app on server elsewhere, public on server elsewhere'),
    ])
    const backup = await backUp('hf_ro')
    expect(backup.manifest.facts).toMatchObject({
      withheld: [
        'subscription asleep',
        'options of the user mapping for app on server elsewhere',
        'options of the user mapping for public on server elsewhere',
      ],
    })
    // What pg_dump itself says is passed on as well.
    expect(backup.toolWarnings).toEqual([expect.stringContaining('subscriptions not dumped')])
    for (const lost of ['asleep', 'remote_password', 'everybody']) expect(await plainSql(backup)).not.toContain(lost)
  })

  it('is complete for a superuser, and nothing is said', async () => {
    expect(await missing('postgres')).toEqual([])
    const backup = await backUp('postgres')
    expect(backup.manifest.facts).toMatchObject({ withheld: [] })
    expect(backup.toolWarnings).toEqual([])
    for (const there of ['asleep', 'remote_password', 'everybody']) expect(await plainSql(backup)).toContain(there)
  })

  it('is complete as well after the statements that are offered', async () => {
    const [passwords] = (await missing('narrow')).filter(({ message }) => message.includes('passwords of roles'))
    await pg.sql(passwords?.sql ?? '', 'loss')
    for (const { sql } of await missing('narrow')) await pg.sql(sql ?? '', 'loss')
    expect(await missing('narrow')).toEqual([])
    for (const there of ['asleep', 'remote_password', 'everybody']) {
      expect(await plainSql(await backUp('narrow'))).toContain(there)
    }
  })

  it('is offered as a membership when the only hidden options are those of a mapping for PUBLIC', async () => {
    await pg.sql('DROP SUBSCRIPTION asleep', 'loss')
    await pg.sql('DROP USER MAPPING FOR app SERVER elsewhere', 'loss')
    const [found] = await missing('hf_ro')
    expect(found?.sql).toBe('GRANT "postgres" TO "hf_ro";')
    await pg.sql(`ALTER SERVER elsewhere OWNER TO app; ${found?.sql?.replace('"postgres"', 'app') ?? ''}`, 'loss')
    expect(await missing('hf_ro')).toEqual([])
    expect(await plainSql(await backUp('hf_ro'))).toContain('everybody')
  })

  const plainSql = (backup: Awaited<ReturnType<typeof backUp>>) => new PlainTools(pg).toSql(backup.file('archive'))
})
