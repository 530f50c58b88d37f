import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from '@playwright/test'
import { anonymousAttacks, signInPath } from '../test/helpers/faults/anonymous-attacks'
import { timed } from '../test/helpers/faults/raw-http'
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

for (const [what, attack] of anonymousAttacks(port)) {
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
  await request.post(signInPath, {
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
