import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GET as up } from '@/app/api/v1/health/route'
import { GET as health } from '@/app/api/v1/health/backup/route'
import { raiseIncident } from '@/lib/services/incident/raise-incident'
import { call, startWeb, type Web } from '../helpers/web'

let web: Web
let token: string
beforeAll(async () => {
  web = await startWeb()
  token = await web.token('viewer')
})
afterAll(() => web.stop())

const ask = async (query = '') => {
  const answer = await call(health, { path: `/api/v1/health/backup${query}`, token })
  const reasons: { code: string }[] = Array.isArray(answer.json['reasons']) ? answer.json['reasons'] : []
  return { status: answer.status, health: answer.json['health'], codes: reasons.map((reason) => reason.code) }
}

describe('GET /api/v1/health', () => {
  it('says to everyone that the web process answers and reaches the catalog', async () => {
    expect((await call(up, { path: '/api/v1/health' })).json).toEqual({ status: 'up' })
  })
})

describe('GET /api/v1/health/backup', () => {
  it('is for those who are signed in', async () => {
    expect((await call(health, { path: '/api/v1/health/backup' })).status).toBe(401)
  })

  it('answers 503 while unhealthy, unless asked not to', async () => {
    expect(await ask()).toMatchObject({
      status: 503,
      health: 'unhealthy',
      codes: ['worker-silent', 'nothing-protected'],
    })
    expect(await ask('?strict=0')).toMatchObject({ status: 200, health: 'unhealthy' })
  })

  it('is degraded while an incident is open that is no matter of one backup, and 503 only when asked strictly', async () => {
    const { db } = web.ctx
    await db.worker.create({
      data: {
        id: randomUUID(),
        host: 'h',
        processKey: 'k',
        pid: 1,
        version: '1',
        startedAt: new Date(),
        heartbeatAt: new Date(),
      },
    })
    const base = { severity: 'warning', subjectId: 'x', sourceId: null, title: 'Something', body: 'is wrong.' } as const
    await db.$transaction((tx) => raiseIncident(tx, { ...base, event: 'key-expiring' }, new Date()))
    expect(await ask()).toMatchObject({ status: 200, health: 'unknown', codes: ['nothing-protected'] })
    await db.$transaction((tx) => raiseIncident(tx, { ...base, event: 'destination-unreachable' }, new Date()))
    expect(await ask()).toMatchObject({ status: 200, health: 'degraded' })
    expect(await ask('?strict=1')).toMatchObject({ status: 503, health: 'degraded' })
    expect((await ask()).codes).toContain('destination-unreachable')
  })

  it('refuses a question that it does not know', async () => {
    expect((await ask('?strict=maybe')).status).toBe(400)
  })
})
