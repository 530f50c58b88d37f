import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getStatus } from '@/lib/services/status/get-status'
import { authenticateToken } from '@/lib/services/token/authenticate-token'
import { startProduct, type Product } from '../helpers/product'
import { waitFor } from '../helpers/wait-for'

const env = {
  HOLDFAST_ADMIN_EMAIL: 'Admin@Example.com',
  HOLDFAST_ADMIN_PASSWORD: 'correct horse battery staple',
  HOLDFAST_API_TOKEN: 'a token that is known beforehand',
}

describe('the first start', () => {
  let product: Product
  beforeAll(async () => {
    product = await startProduct({ firstStart: true })
  })
  afterAll(() => product.close())

  const counts = async () => {
    const { db } = product.ctx
    const [users, sources, destinations, schedules, tokens] = await Promise.all([
      db.user.count(),
      db.source.count(),
      db.destination.count(),
      db.schedule.count(),
      db.apiToken.count(),
    ])
    return { users, sources, destinations, schedules, tokens }
  }

  it('makes administrator and token, and backs the catalog up and proves it at once', async () => {
    await product.startWorker(env)
    const status = await waitFor('the catalog to be proven', async () => {
      const now = await getStatus({ ctx: product.ctx })
      return now.totals.provenSources === 1 ? now : null
    })
    expect(status.sources[0]).toMatchObject({ sourceName: 'Holdfast catalog', health: 'healthy', reasons: [] })
    expect(await counts()).toEqual({ users: 1, sources: 1, destinations: 1, schedules: 2, tokens: 1 })
    expect(await product.ctx.db.user.findFirst()).toMatchObject({ email: 'admin@example.com', role: 'admin' })
    expect(await authenticateToken({ ctx: product.ctx, input: { token: env.HOLDFAST_API_TOKEN } })).toMatchObject({
      role: 'admin',
    })
  })

  it('is not repeated by the next start', async () => {
    await product.startWorker(env)
    expect(await counts()).toEqual({ users: 1, sources: 1, destinations: 1, schedules: 2, tokens: 1 })
  })

  it('adds a sample shop when asked to, whose invented history turns nothing green', async () => {
    await product.startWorker({ ...env, HOLDFAST_DEMO: '1' })
    const { db } = product.ctx
    const shop = await db.source.findFirstOrThrow({ where: { sample: true } })
    const invented = await db.backup.findMany({ where: { sourceId: shop.id, sample: true }, include: { copies: true } })
    expect(invented).toHaveLength(30)
    expect(new Set(invented.map((row) => row.status))).toEqual(new Set(['succeeded', 'failed', 'missed']))
    expect(invented.flatMap((row) => row.copies)).toEqual([])
    await waitFor('the real backup of the sample to be proven', () =>
      db.backup.findFirst({ where: { sourceId: shop.id, sample: false, verified: 'proven' } }),
    )
    await db.$executeRawUnsafe('DROP DATABASE holdfast_sample_shop WITH (FORCE)')
  })
})
