import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDb } from '@/lib/db/client'
import { limitToSources } from '@/lib/db/limit-to-sources'
import { prepareLimitedRole } from '@/lib/db/limited-role'
import { migrate } from '@/lib/db/migrate'
import { openCatalog } from '@/scripts/supervise/open-catalog'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { twoSources } from '../helpers/catalog/two-sources'

const run = promisify(execFile)
const root = path.resolve(import.meta.dirname, '../..')
const migrations = path.join(root, 'prisma/migrations')
const lost = /limited to sources are refused/
const longMs = 120_000

describe.each([15, 17] as const)('the role of limited tokens on PostgreSQL %i (security 32)', (major) => {
  let server: TestPostgres
  beforeAll(async () => {
    server = await startPostgres({ major })
  }, longMs)
  afterAll(() => server.close())

  const url = (role: string, database: string) => `postgresql://${role}@127.0.0.1:${server.port}/${database}`

  /** A catalog that this role owns, migrated, with two sources; `prepared` is what the start said. */
  async function catalogOf(role: string, database: string) {
    await server.sql(`CREATE DATABASE ${database} OWNER ${role} TEMPLATE template0`)
    await migrate(url(role, database), migrations)
    const prepared = await prepareLimitedRole(url(role, database))
    const db = createDb(url(role, database), 2)
    return { db, prepared, rows: await twoSources(db), [Symbol.asyncDispose]: () => db.$disconnect() }
  }

  it.each([
    ['superuser', 'SUPERUSER'],
    ['exempt', 'BYPASSRLS CREATEROLE'],
    ['maker', 'CREATEROLE'],
    ['a_role_with_a_name_that_leaves_no_room_for_more_', 'CREATEROLE'],
  ])('is made by itself, and holds, where DATABASE_URL connects as %s', async (role, attributes) => {
    await server.sql(`CREATE ROLE ${role} LOGIN ${attributes}`)
    await using catalog = await catalogOf(role, `of_${role.slice(0, 9)}`)
    expect(catalog.prepared).toBeNull()
    const limited = await limitToSources(catalog.db, [catalog.rows.mine.source])
    expect(await limited.source.count()).toBe(1)
    expect(await limited.$queryRaw`SELECT id FROM public.job`).toEqual([{ id: catalog.rows.mine.job }])
    expect(await catalog.db.source.count()).toBe(2)
    expect(await prepareLimitedRole(url(role, `of_${role.slice(0, 9)}`))).toBeNull()
  })

  it('is asked for where it cannot be made, and limited tokens are refused until then and nothing else', async () => {
    await server.sql('CREATE ROLE plain LOGIN')
    await using catalog = await catalogOf('plain', 'of_plain')
    const open = () => limitToSources(catalog.db, [catalog.rows.mine.source])
    const sql = 'CREATE ROLE holdfast_limited_plain NOLOGIN; GRANT holdfast_limited_plain TO plain;'
    const refused = {
      code: 'limited-role-missing',
      facts: { sql: sql.replaceAll(/(\w+_plain|(?<= )plain)(?=[ ;])/g, '"$1"') },
    }
    expect(catalog.prepared).toMatchObject(refused)
    await expect(open()).rejects.toMatchObject(refused)
    expect(await catalog.db.source.count()).toBe(2)

    const warnings: string[] = []
    const warn = (line: string) => void warnings.push(line)
    await openCatalog(url('plain', 'of_plain'), { root, say: () => undefined, warn })
    expect(warnings).toEqual([expect.stringContaining(refused.facts.sql)])

    // There, but without its rights before the next start.
    await server.sql(refused.facts.sql)
    await expect(open()).rejects.toMatchObject({ code: 'limited-role-missing' })
    expect(await prepareLimitedRole(url('plain', 'of_plain'))).toBeNull()
    const limited = await open()
    expect(await limited.source.count()).toBe(1)

    // Neither of these may ever show everything.
    for (const attribute of ['BYPASSRLS', 'SUPERUSER']) {
      await server.sql(`ALTER ROLE holdfast_limited_plain ${attribute}`)
      await expect(limited.source.count()).rejects.toThrow(lost)
      await expect(limited.$queryRaw`SELECT 1`).rejects.toThrow(lost)
      await expect(limited.$executeRaw`DELETE FROM source`).rejects.toThrow(lost)
      await expect(limited.$transaction((tx) => tx.source.count())).rejects.toThrow(lost)
      const asked = await prepareLimitedRole(url('plain', 'of_plain'))
      await server.sql(String(asked?.facts['sql']))
      expect(await limited.source.count()).toBe(1)
    }
    await server.sql('ALTER TABLE source DISABLE ROW LEVEL SECURITY', 'of_plain')
    await expect(limited.source.count()).rejects.toThrow(lost)
    await server.sql('ALTER TABLE source ENABLE ROW LEVEL SECURITY', 'of_plain')
    expect(await limited.source.count()).toBe(1)
    await server.sql('REVOKE holdfast_limited_plain FROM plain')
    await expect(limited.source.count()).rejects.toThrow(lost)
    expect(await catalog.db.source.count()).toBe(2)
  })

  it('stays when a superuser is one no more, and has no right left that is not listed', async () => {
    await server.sql('CREATE ROLE "Was Superuser" LOGIN SUPERUSER')
    const address = url(encodeURIComponent('Was Superuser'), 'of_was')
    await server.sql('CREATE DATABASE of_was OWNER "Was Superuser" TEMPLATE template0')
    await migrate(address, migrations)
    expect(await prepareLimitedRole(address)).toBeNull()
    await server.sql('ALTER ROLE "Was Superuser" NOSUPERUSER')
    await server.sql('GRANT ALL ON app_user, source TO "holdfast_limited_Was Superuser"', 'of_was')
    expect(await prepareLimitedRole(address)).toBeNull()
    const rights = `SELECT has_table_privilege('holdfast_limited_Was Superuser', 'app_user', 'SELECT') AS people,
                           has_table_privilege('holdfast_limited_Was Superuser', 'source', 'TRUNCATE') AS truncate`
    expect(await server.sql(rights, 'of_was')).toEqual([{ people: false, truncate: false }])
    const db = createDb(address, 1)
    expect(await (await limitToSources(db, [])).source.count()).toBe(0)
    await db.$disconnect()
  })

  it(
    'is made once by catalogs of one server that start together',
    async () => {
      await server.sql('CREATE ROLE many LOGIN CREATEROLE')
      const names = Array.from({ length: 8 }, (_, n) => `of_many_${n}`)
      for (const name of names) {
        await server.sql(`CREATE DATABASE ${name} OWNER many TEMPLATE template0`)
        await migrate(url('many', name), migrations)
      }
      const twice = [...names, ...names].map((name) => prepareLimitedRole(url('many', name)))
      expect(await Promise.all(twice)).toEqual(twice.map(() => null))
    },
    longMs,
  )

  it('opens no catalog of the same server to the owner of another', async () => {
    await server.sql('CREATE ROLE one LOGIN CREATEROLE; CREATE ROLE two LOGIN CREATEROLE')
    await using first = await catalogOf('one', 'of_one')
    await using second = await catalogOf('two', 'of_two')
    expect([first.prepared, second.prepared]).toEqual([null, null])
    const foreign = createDb(url('two', 'of_one'), 1)
    try {
      await expect(foreign.source.count()).rejects.toThrow(/denied/)
      await expect(limitToSources(foreign, [first.rows.mine.source])).rejects.toMatchObject({
        code: 'limited-role-missing',
      })
    } finally {
      await foreign.$disconnect()
    }
  })

  it(
    'leaves dumps of the catalog as they were to owner, superuser and roles exempt from row security',
    async () => {
      await server.sql(
        'CREATE ROLE keeper LOGIN CREATEROLE; CREATE ROLE exempt_reader LOGIN BYPASSRLS; CREATE ROLE reader LOGIN',
      )
      await server.sql('GRANT pg_read_all_data TO exempt_reader, reader')
      await using catalog = await catalogOf('keeper', 'of_keeper')
      const file = path.join(server.socketDir, 'catalog.dump')
      const dump = (role: string, ...more: string[]) =>
        run(path.join(server.bin, 'pg_dump'), ['--format=custom', ...more, `--dbname=${url(role, 'of_keeper')}`], {
          encoding: 'buffer',
          maxBuffer: 1 << 28,
        })
      for (const role of ['keeper', 'postgres', 'exempt_reader']) await dump(role, `--file=${file}`)
      // PostgreSQL refuses: it cannot know that the policies would hide nothing from this role.
      await expect(dump('reader')).rejects.toThrow(/query would be affected by row-level security policy/)

      // On a server where none of these roles is, policies are restored as they were; a start makes the role.
      await using restored = await otherServer(major)
      await restored.server.sql('CREATE ROLE heir LOGIN CREATEROLE')
      await restored.server.sql('CREATE DATABASE of_heir OWNER heir TEMPLATE template0')
      const heir = `postgresql://heir@127.0.0.1:${restored.server.port}/of_heir`
      const args = ['--exit-on-error', '--no-owner', '--no-privileges', `--dbname=${heir}`, file]
      await run(path.join(server.bin, 'pg_restore'), args)
      const db = createDb(heir, 2)
      try {
        const open = () => limitToSources(db, [catalog.rows.mine.source])
        await expect(open()).rejects.toMatchObject({ code: 'limited-role-missing' })
        expect(await migrate(heir, migrations)).toEqual([])
        expect(await prepareLimitedRole(heir)).toBeNull()
        expect([await (await open()).source.count(), await db.source.count()]).toEqual([1, 2])
      } finally {
        await db.$disconnect()
      }
    },
    longMs,
  )

  it('shows a role that was only granted SELECT an error, never an empty catalog', async () => {
    await server.sql('CREATE ROLE shop LOGIN CREATEROLE; CREATE ROLE report LOGIN')
    await using catalog = await catalogOf('shop', 'of_shop')
    expect(catalog.prepared).toBeNull()
    await server.sql('GRANT SELECT ON source TO report', 'of_shop')
    const report = createDb(url('report', 'of_shop'), 1)
    try {
      await expect(report.source.count()).rejects.toThrow(/holdfast.source_ids/)
    } finally {
      await report.$disconnect()
    }
  })
})

async function otherServer(major: 15 | 17) {
  const server = await startPostgres({ major })
  return { server, [Symbol.asyncDispose]: () => server.close() }
}
