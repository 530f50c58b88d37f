import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openQueue, type OpenQueue } from '@/lib/db/queue'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog'
import { makeTestLogger } from '../helpers/run-context'
import { waitFor } from '../helpers/wait-for'

const yearMs = 365 * 86_400_000

describe('a delivery', () => {
  let catalog: FreshCatalog
  let queue: OpenQueue

  beforeAll(async () => {
    catalog = await freshCatalog()
    queue = await openQueue(catalog.url, { supervise: true, logger: makeTestLogger(), retryDelaySeconds: 1 })
  })
  afterAll(async () => {
    await queue.stop()
    await catalog.drop()
  })

  /** When the library would delete it without a word. */
  const keptFor = async (id: string) => {
    const [row] = await catalog.db.$queryRaw<{ ms: number }[]>`
      SELECT (extract(epoch FROM keep_until - now()) * 1000)::float8 AS ms FROM pgboss.job WHERE id = ${id}::uuid`
    return row?.ms ?? 0
  }
  const enqueue = async (kind: 'copy' | 'cleanup', parked: boolean) => {
    const id = randomUUID()
    expect(await catalog.db.$transaction((tx) => queue.enqueue(tx, { id, kind, maxAttempts: 1, parked }))).toBe(true)
    return id
  }

  it('is kept as long as its job waits, however often it is put off, woken or given back', async () => {
    const id = await enqueue('copy', true)
    const { db } = catalog
    const steps = [
      () => db.$transaction((tx) => queue.wake(tx, 'copy', [id])),
      () => db.$transaction((tx) => queue.putOff(tx, 'copy', id, null)),
      () => db.$transaction((tx) => queue.putOff(tx, 'copy', id, new Date(Date.now() - 60_000))),
      () => queue.release('copy', id),
    ]
    expect(await keptFor(id)).toBeGreaterThan(yearMs)
    for (const step of steps) {
      await step()
      expect(await keptFor(id)).toBeGreaterThan(yearMs)
    }
  })

  it('that fails comes again after the same delay, however often it was put off before', async () => {
    const id = await enqueue('cleanup', false)
    let begun = 0
    await queue.work('cleanup', 1, async () => {
      begun += 1
      if (begun === 9) throw new Error('the catalog was away')
      if (begun > 9) return
      await catalog.db.$transaction((tx) => queue.putOff(tx, 'cleanup', id, null))
      await catalog.db.$transaction((tx) => queue.wake(tx, 'cleanup', [id]))
    })
    await waitFor('the delivery after the failed one', () => Promise.resolve(begun === 10), 50_000)
  })
})
