import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closeContainer } from '@/lib/server/container'
import { keepWatch } from '@/lib/server/keep-watch'
import { watchWorkers } from '@/lib/services/watch/watch-workers'
import { startProduct, type Product, type WorkerProcess } from '../../helpers/product'
import { startTold, type Told } from '../../helpers/told'
import { waitFor } from '../../helpers/wait-for'

// Three workers start here one after another.
describe('a silent worker', { timeout: 120_000 }, () => {
  let product: Product
  let told: Told
  let dead: WorkerProcess
  let living: WorkerProcess

  beforeAll(async () => {
    product = await startProduct()
    told = await startTold(product.ctx)
    ;[dead, living] = await Promise.all([product.startWorker(), product.startWorker()])
  })
  afterAll(async () => {
    await product.close()
    await told.close()
  })

  const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000)
  const look = (now: Date) => watchWorkers({ ctx: product.ctx, now, waitingSince: new Date(0) })

  it('that was killed is reported once by others, until one starts in its place', async () => {
    // A host that vanished: nobody there can see that the process is gone.
    await product.ctx.db.worker.updateMany({ data: { processKey: 'another-host:1:1', startedAt: inMinutes(-60) } })
    dead.kill('SIGKILL')
    await dead.exited
    const gone = await product.ctx.db.worker.findFirstOrThrow({ where: { pid: dead.pid } })
    await product.ctx.db.worker.update({ where: { id: gone.id }, data: { heartbeatAt: inMinutes(-2) } })
    for (let round = 0; round < 3; round += 1) await look(new Date())
    await waitFor('the alert', () => told.texts('worker-silent').length > 0)
    expect(await told.of('worker-silent')).toEqual(['opened'])
    expect(told.texts('worker-silent')[0]).toContain(`The worker on ${gone.host} is silent`)
    const next = await product.startWorker()
    await look(new Date())
    await waitFor('the recovery notice', () => told.texts('worker-silent').length > 1)
    expect(await told.of('worker-silent')).toEqual(['opened', 'resolved'])
    await Promise.all([living.stop(), next.stop()])
  })

  it('that was the last one is reported by the web process, which then delivers the alert itself', async () => {
    const before = (await told.of('worker-silent')).length
    const worker = await product.startWorker()
    worker.kill('SIGKILL')
    await worker.exited
    // The web process's own container on this catalog; only its idea of how long ago that was is given a push.
    await product.ctx.db.worker.updateMany({ data: { heartbeatAt: inMinutes(-2) } })
    Object.assign(process.env, { DATABASE_URL: product.url, HOLDFAST_HOME: product.home })
    const watch = keepWatch(200, new Date(0))
    try {
      await waitFor('the alert', () => told.texts('worker-silent').length === before + 1)
      expect(told.texts('worker-silent').at(-1)).toContain('No worker is running')
      const next = await product.startWorker()
      await waitFor('the recovery notice', () => told.texts('worker-silent').length === before + 2)
      await next.stop()
    } finally {
      watch.stop()
      await closeContainer()
    }
  })
})
