import { afterAll, beforeAll, expect, it } from 'vitest'
import { createJob } from '@/lib/services/job/create-job'
import { startProduct, type Product } from '../helpers/product'

let product: Product
beforeAll(async () => {
  product = await startProduct()
})
afterAll(() => product.close())

it('a worker carries out a job whose delivery is gone from the queue', async () => {
  const { db } = product.ctx
  const { id } = await db.$transaction((tx) =>
    createJob(product.ctx, tx, { kind: 'cleanup', input: { reason: 'test' }, maxAttempts: 1, exclusiveKey: 'cleanup' }),
  )
  await db.$executeRaw`DELETE FROM pgboss.job WHERE id = ${id}::uuid`
  await db.job.update({ where: { id }, data: { createdAt: new Date(Date.now() - 120_000) } })
  await product.startWorker()
  expect(await product.finished(id, 30_000)).toMatchObject({ state: 'succeeded', attempt: 1 })
})
