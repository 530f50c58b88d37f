import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { rawConnection } from './raw-http'

const lines = (...head: string[]) => `${head.join('\r\n')}\r\n\r\n`
const times = <T>(count: number, make: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, n) => make(n)))

/** Sends as much as is taken, at most `bytes`, and does not mind being cut off. */
async function pour(port: number, path: string, bytes: number, framing: string, part: Buffer): Promise<void> {
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
export const signInPath = '/api/auth/callback/credentials'

/** A form that the sign-in library takes: with its token and cookie. */
async function guess(base: string, email: string): Promise<number> {
  const csrf = await fetch(`${base}/api/auth/csrf`)
  const { csrfToken } = (await csrf.json()) as { csrfToken: string }
  const cookie = csrf.headers
    .getSetCookie()
    .map((set) => set.split(';')[0])
    .join('; ')
  const body = new URLSearchParams({ csrfToken, email, password: 'a guess', json: 'true' })
  return (await fetch(base + signInPath, { method: 'POST', headers: { cookie }, body, redirect: 'manual' })).status
}

/** What a client without an account may send to the instance at a port of this machine, by name. */
export function anonymousAttacks(port: number): [what: string, attack: () => Promise<unknown>][] {
  const base = `http://127.0.0.1:${port}`
  return [
    [
      'four bodies of 150 MB',
      () => times(4, () => pour(port, signInPath, 150e6, 'Content-Length: 150000000', megabyte)),
    ],
    [
      'four bodies of 150 MB without a length',
      () => times(4, () => pour(port, signInPath, 150e6, 'Transfer-Encoding: chunked', chunkOfIt)),
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
          pour(port, '/api/v1/admin/sources', 1_000_000, 'Content-Length: 1000000', megabyte.subarray(0, 500_000)),
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
    ['two hundred guesses of passwords', () => times(200, (n) => guess(base, `guess-${n}@example.org`))],
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
}
