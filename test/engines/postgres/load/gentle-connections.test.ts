import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '@/lib/process/run-command'
import { budgetConnections } from '@/lib/engines/postgres/load/budget-connections'
import { withConnection } from '@/lib/engines/postgres/connect/connect'
import { beginBackup } from '@/lib/engines/postgres/logical/dump/begin-backup'
import { settingsToDump, toolVariables } from '@/lib/engines/postgres/connect/session-settings'
import { openToolEnv } from '@/lib/engines/postgres/connect/tool-env'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { makeTestRun } from '@/test/helpers/run-context'

describe('a server with few connections', () => {
  let pg: TestPostgres
  const open: Client[] = []

  beforeAll(async () => {
    pg = await startPostgres({ settings: { max_connections: '20', superuser_reserved_connections: '3' } })
    await pg.sql(`CREATE ROLE narrow LOGIN CONNECTION LIMIT 3; CREATE ROLE plain LOGIN`)
    await pg.sql('CREATE DATABASE small CONNECTION LIMIT 2')
  })
  afterAll(() => pg?.close())

  const ask = (user: string, wanted: number, maxConnections = 8, database = 'postgres') =>
    withConnection(pg.source({ connection: { user, database } }), makeTestRun().signal, (client) =>
      budgetConnections(client, { wanted, maxConnections }),
    )

  it('gives what is wanted, up to the option of the source', async () => {
    expect(await ask('plain', 6)).toEqual({ connections: 6, warnings: [] })
    expect(await ask('plain', 12)).toEqual({ connections: 8, warnings: [] })
  })

  it('gives less when the role or the database is limited, and says so', async () => {
    expect(await ask('narrow', 6)).toEqual({ connections: 3, warnings: [expect.stringContaining('its role')] })
    expect(await ask('plain', 6, 8, 'small')).toEqual({
      connections: 2,
      warnings: [expect.stringContaining('CONNECTION LIMIT')],
    })
  })

  it('leaves three free for others, whatever the role may see', async () => {
    for (let index = 0; index < 10; index += 1) open.push(await pg.connect())
    // 20 less 3 for superusers, less 10 of others and this one: 6 are free, of which 3 stay so.
    expect(await ask('plain', 8)).toEqual({ connections: 4, warnings: [expect.stringContaining('max_connections')] })
  })
})

describe('a role whose sessions are limited', () => {
  let pg: TestPostgres

  beforeAll(async () => {
    pg = await startPostgres()
    await pg.sql(
      `CREATE TABLE big AS SELECT i, repeat(md5(i::text), 30) t FROM generate_series(1, 40000) i;
       CREATE ROLE hasty LOGIN SUPERUSER; CREATE ROLE calm LOGIN;
       ALTER ROLE hasty SET statement_timeout = '60ms'; ALTER ROLE hasty SET lock_timeout = '1ms';
       ALTER ROLE hasty SET idle_session_timeout = '60ms';
       ALTER ROLE hasty SET idle_in_transaction_session_timeout = '60ms'`,
    )
  })
  afterAll(async () => {
    await pg?.close()
  })

  const settingsOf = (user: string) =>
    withConnection(pg.source({ connection: { user } }), makeTestRun().signal, (client) => settingsToDump(client))

  it('gets options that take exactly those limits away', async () => {
    expect(toolVariables(await settingsOf('calm'))['PGOPTIONS']).toBeUndefined()
    expect(toolVariables(await settingsOf('hasty'))['PGOPTIONS']).toBe(
      '-c idle_in_transaction_session_timeout=0 -c idle_session_timeout=0 -c lock_timeout=0 ' +
        '-c statement_timeout=0',
    )
  })

  it('has them in the sessions of the tools', async () => {
    const source = pg.source({ connection: { user: 'hasty' } })
    const tool = await openToolEnv(source, { settings: await settingsOf('hasty') })
    try {
      const run = makeTestRun()
      const psql = runCommand(
        {
          file: '/usr/lib/postgresql/15/bin/psql',
          args: ['-XAtc', 'SELECT pg_sleep(0.2)', '-c', 'SHOW statement_timeout'],
          env: tool.env,
        },
        run,
      )
      let output = ''
      psql.stdout.on('data', (chunk) => (output += String(chunk)))
      await psql.exited
      expect(output.trim()).toBe('0')
    } finally {
      await tool.close()
    }
  })

  it('is backed up nevertheless', async () => {
    const source = pg.source({ connection: { user: 'hasty' } })
    const run = makeTestRun()
    const session = await beginBackup(source, run)
    try {
      for (const part of session.parts) {
        const { stream, finished } = part.open(run)
        // Slower than any of the limits.
        const slow = new Writable({ write: (_chunk, _encoding, done) => void setTimeout(done, 5) })
        await Promise.all([pipeline(stream, slow), finished])
      }
    } finally {
      await session.close()
    }
  })
})
