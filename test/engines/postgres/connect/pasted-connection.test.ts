import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseConnectionText } from '@/lib/core/connection/parse-connection-text'
import { findNewestClient } from '@/lib/engines/postgres/connect/find-client'
import { startStartupReceiver, type Startup, type StartupReceiver } from '../../../helpers/servers/startup-receiver'

let receiver: StartupReceiver
let bin: string
let home: string
beforeAll(async () => {
  receiver = await startStartupReceiver()
  bin = (await findNewestClient()).folder
  home = await mkdtemp(path.join(tmpdir(), 'holdfast-pasted-'))
})
afterAll(async () => {
  await receiver.close()
  await rm(home, { recursive: true, force: true })
})

/** What psql, called so in a shell, tells the server that it reaches: the word of libpq, not ours. */
async function asLibpq(command: string): Promise<Startup | undefined> {
  const env: NodeJS.ProcessEnv = {
    NODE_ENV: 'test',
    PATH: `${bin}:/usr/bin:/bin`,
    HOME: home,
    PGUSER: 'nobody',
    PGSSLMODE: 'disable',
    PGPASSFILE: '/dev/null',
    PGCONNECT_TIMEOUT: '10',
  }
  await new Promise<void>((resolve) => execFile('bash', ['-c', command], { env }, () => resolve()))
  return receiver.startups.splice(0)[0]
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
const inKeywords = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** Ways to write a connection, and how a shell calls psql with what was written. */
type Written = [way: string, text: string, called: string]
function waysOf(port: number, user: string, password: string, database: string): Written[] {
  const [u, p, d] = [user, password, database].map(encodeURIComponent)
  const url = `postgresql://${u}:${p}@127.0.0.1:${port}/${d}`
  const inQuery = `postgres:///${d}?host=127.0.0.1&port=${port}&user=${u}&password=${p}`
  const keywords = `host=127.0.0.1 port = ${port} user=${inKeywords(user)} password=${inKeywords(password)} dbname=${inKeywords(database)}`
  const options = `PGPASSWORD=${quoted(password)} psql -w -h 127.0.0.1 -p${port} --username=${quoted(user)} -d ${quoted(`dbname=${inKeywords(database)}`)}`
  const line = `export DATABASE_URL=${quoted(url)}`
  return [
    ['a URL', url, `psql -w ${quoted(url)}`],
    ['a URL with parameters', inQuery, `psql -w ${quoted(inQuery)}`],
    ['keywords', keywords, `psql -w ${quoted(keywords)}`],
    ['options', options, options],
    ['psql with a URL', `psql -w ${quoted(url)}`, `psql -w ${quoted(url)}`],
    ['a line of .env', line, `${line}; psql -w "$DATABASE_URL"`],
  ]
}

describe('what is read from a pasted connection', () => {
  it('is what libpq itself reads, whatever signs are in user, password and database (property)', async () => {
    const sign = fc.constantFrom(...`aZ09_-.~ '"\\$%&+,/:;=?@[]#{}()!*äß€`)
    const text = fc.string({ unit: sign, minLength: 1, maxLength: 10 })
    await fc.assert(
      fc.asyncProperty(text, text, text, async (user, password, database) => {
        for (const [way, written, called] of waysOf(receiver.port, user, password, database)) {
          const { host, port, ...read } = parseConnectionText(written) ?? {}
          expect([way, host, port, read]).toEqual([way, '127.0.0.1', receiver.port, await asLibpq(called)])
        }
      }),
      { numRuns: 6 },
    )
  }, 120_000)

  it.each([
    ['an empty password', () => `postgres://backup:@127.0.0.1:${receiver.port}/shop`],
    ['no password', () => `postgres://backup@127.0.0.1:${receiver.port}/shop`],
    ['no credentials', () => `postgres://127.0.0.1:${receiver.port}/shop?user=backup`],
    [
      'a parameter over the place',
      () => `postgres://a:b@127.0.0.1:1/x?port=${receiver.port}&user=u&dbname=d&password=p`,
    ],
    ['a slash at the end of the database', () => `postgres://u@127.0.0.1:${receiver.port}/shop/`],
    ['two hosts', () => `postgres://u:p@127.0.0.1:${receiver.port},127.0.0.2:1/shop`],
  ])('is what libpq reads from a URL with %s', async (_, url) => {
    const { host, port, otherHosts, ...read } = parseConnectionText(url()) ?? {}
    expect([host, port, otherHosts]).toEqual(['127.0.0.1', receiver.port, url().includes(',') ? true : undefined])
    const said = await asLibpq(`psql -w ${quoted(url())}`)
    expect(read).toEqual(Object.fromEntries(Object.entries(said ?? {}).filter(([, value]) => value !== undefined)))
  })
})
