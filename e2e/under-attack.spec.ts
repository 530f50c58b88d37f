import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from '@playwright/test'
import { rawConnection, timed } from '../test/helpers/raw-http'
import { bearer } from './helpers/people'

const port = Number(process.env.E2E_PORT)
const base = `http://127.0.0.1:${port}`

interface Locks {
  items: { id: string }[]
}
test.afterAll(async ({ request }) => {
  // The attacks came from this machine, as the other journeys do.
  const locks: Locks = await (await request.get('/api/v1/admin/sign-in-locks', { headers: bearer })).json()
  for (const { id } of locks.items) await request.delete(`/api/v1/admin/sign-in-locks/${id}`, { headers: bearer })
})

/** Asks for health all the while; how long each takes depends on the machine, that each is answered does not. */
async function whileAttacked(attack: () => Promise<unknown>): Promise<number[]> {
  let over = false
  const attacked = attack().finally(() => (over = true))
  const seen: number[] = []
  do {
    seen.push((await timed(`${base}/api/v1/health`)).status)
    await delay(20)
  } while (!over)
  await attacked
  return [...new Set(seen)]
}

const lines = (...head: string[]) => `${head.join('\r\n')}\r\n\r\n`
const times = <T>(count: number, make: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, n) => make(n)))

/** Sends as much as is taken, at most `bytes`, and does not mind being cut off. */
async function pour(path: string, bytes: number, framing: string, part: Buffer): Promise<void> {
  const socket = await rawConnection(port)
  socket.resume()
  // Being cut off in the middle of a write is what is hoped for.
  socket.on('error', () => undefined)
  socket.write(lines(`POST ${path} HTTP/1.1`, 'Host: localhost', 'Content-Type: application/json', framing))
  for (let sent = 0; sent < bytes && !socket.destroyed && socket.writable; sent += part.length) {
    if (socket.write(part)) continue
    // Waiting for an event ends with the error of another.
    await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => undefined)
  }
  socket.destroy()
}

const megabyte = Buffer.alloc(1024 * 1024, '[')
const chunkOfIt = Buffer.concat([Buffer.from('100000\r\n'), megabyte, Buffer.from('\r\n')])
const signIn = '/api/auth/callback/credentials'

/** A form that the sign-in library takes: with its token and cookie. */
async function guess(email: string): Promise<number> {
  const csrf = await fetch(`${base}/api/auth/csrf`)
  const { csrfToken } = (await csrf.json()) as { csrfToken: string }
  const cookie = csrf.headers
    .getSetCookie()
    .map((set) => set.split(';')[0])
    .join('; ')
  const body = new URLSearchParams({ csrfToken, email, password: 'a guess', json: 'true' })
  return (await fetch(base + signIn, { method: 'POST', headers: { cookie }, body, redirect: 'manual' })).status
}

const attacks: [string, () => Promise<unknown>][] = [
  ['four bodies of 150 MB', () => times(4, () => pour(signIn, 150e6, 'Content-Length: 150000000', megabyte))],
  [
    'four bodies of 150 MB without a length',
    () => times(4, () => pour(signIn, 150e6, 'Transfer-Encoding: chunked', chunkOfIt)),
  ],
  [
    'a hundred bodies of 64 kB of brackets',
    () =>
      times(100, () =>
        fetch(`${base}/api/v1/setup`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '['.repeat(65_000),
        }),
      ),
  ],
  [
    'a hundred bodies of a megabyte',
    () =>
      times(100, () =>
        pour('/api/v1/admin/sources', 1_000_000, 'Content-Length: 1000000', megabyte.subarray(0, 500_000)),
      ),
  ],
  [
    'two thousand silent connections',
    async () => {
      const sockets = await times(2_000, () => rawConnection(port))
      for (const socket of sockets) socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-')
      await delay(2_000)
      for (const socket of sockets) socket.destroy()
    },
  ],
  [
    'five hundred sign-in pages',
    () =>
      times(500, () =>
        fetch(`${base}/login`)
          .then((answer) => answer.text())
          .catch(() => null),
      ),
  ],
  ['two hundred guesses of passwords', () => times(200, (n) => guess(`guess-${n}@example.org`))],
  [
    'long headers, addresses and queries',
    () =>
      times(200, (n) =>
        fetch(`${base}/${'a/'.repeat(3_000)}?${'q='.repeat(n)}`, { headers: { cookie: 'x=y;'.repeat(3_000) } }).catch(
          () => null,
        ),
      ),
  ],
]

for (const [what, attack] of attacks) {
  test(`${what} do not keep health from answering`, async () => {
    expect(await whileAttacked(attack)).toEqual([200])
  })
}

test('an address that a client invents is nobody’s: its failures are counted for where it really is', async ({
  request,
}) => {
  for (let n = 0; n < 3; n += 1) {
    await request.get('/api/auth/session', { headers: { 'x-forwarded-for': `203.0.113.${n}` } })
  }
  const csrf = await request.get('/api/auth/csrf')
  const { csrfToken } = (await csrf.json()) as { csrfToken: string }
  await request.post(signIn, {
    form: { csrfToken, email: 'invented@example.org', password: 'a guess', json: 'true' },
    headers: { 'x-forwarded-for': '203.0.113.77' },
  })
  const { items } = (await (
    await request.get('/api/v1/admin/audit?action=session.sign-in-failed&limit=1', { headers: bearer })
  ).json()) as { items: unknown[] }
  expect(JSON.stringify(items)).toContain('127.0.0.1')
  expect(JSON.stringify(items)).not.toContain('203.0.113.77')
})

test('a foreign name is answered with 421 and what to set, but health with its answer', async ({ request }) => {
  for (const path of ['/', '/login', '/api/v1/setup', '/api/auth/csrf', '/metrics']) {
    const answer = await request.get(path, { headers: { host: 'rebound.evil.example' }, maxRedirects: 0 })
    expect(answer.status(), path).toBe(421)
    expect(await answer.text()).toContain('HOLDFAST_ALLOWED_HOSTS')
  }
  expect((await request.get('/api/v1/health', { headers: { host: '10.1.2.3' } })).status()).toBe(200)
})
