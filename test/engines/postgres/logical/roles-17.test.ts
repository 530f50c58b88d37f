import { logical } from '@/lib/engines/postgres/logical/method'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { partOf } from '@/lib/engines/postgres/logical/archive/parts'
import { readGlobals } from '@/lib/engines/postgres/logical/archive/read-globals'
import { makeRoles } from '@/lib/engines/postgres/logical/prove/make-roles'
import { type PlainBackup, takeBackup } from '@/test/helpers/databases/engine-backup'
import { PlainTools } from '@/test/helpers/databases/plain-tools'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { offerPostgres17 } from '@/test/helpers/servers/postgres-17'
import { makeTestRun } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

const script = path.resolve(import.meta.dirname, '../../../fixtures/sql/cases/pg17-roles-and-login-trigger.sql')

const memberships = `SELECT pg_get_userbyid(roleid)::text AS role, pg_get_userbyid(member)::text AS member,
    pg_get_userbyid(grantor)::text AS grantor, admin_option AS admin, inherit_option AS inherit, set_option AS set
  FROM pg_auth_members WHERE member >= 16384 ORDER BY 1, 2, 3`
const settings = `SELECT rolname::text AS role, rolcanlogin, rolcreaterole, rolconfig FROM pg_roles
  WHERE oid >= 16384 ORDER BY 1`

describe('roles of PostgreSQL 17', () => {
  let pg: TestPostgres
  let sandbox: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>
  let backup: PlainBackup

  beforeAll(async () => {
    dir = await tempDir('roles-17')
    await offerPostgres17()
    ;[pg, sandbox] = await Promise.all([startPostgres({ major: 17 }), startPostgres({ major: 17 })])
    await pg.sql('CREATE DATABASE staff')
    await new PlainTools(pg).load(script, 'staff')
    backup = await takeBackup(logical, pg.source({ connection: { database: 'staff' } }), dir.path, makeTestRun())
  })
  afterAll(async () => {
    await Promise.all([pg?.close(), sandbox?.close()])
    await dir?.remove()
  })

  it('are made in a sandbox with the options of their memberships and their limits, and who granted them', async () => {
    const part = partOf(backup.manifest, 'globals')
    if (!part) throw new Error('the backup has no roles')
    const globals = await readGlobals(backup.open, part, 'UTF8', makeTestRun())
    expect(await makeRoles(await sandbox.connect(), sandbox.source(), globals, 17, makeTestRun())).toEqual([])
    const before = await pg.sql(memberships)
    expect(before).toContainEqual(
      expect.objectContaining({ role: 'hr_reader', member: 'hr_clerk', admin: true, inherit: false, set: true }),
    )
    expect(await sandbox.sql(memberships)).toEqual(before)
    const limits = await pg.sql(settings)
    expect(limits).toContainEqual(expect.objectContaining({ role: 'hr_clerk', rolconfig: ['transaction_timeout=2s'] }))
    expect(await sandbox.sql(settings)).toEqual(limits)
  })
})
