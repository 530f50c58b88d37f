import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import { createScheduleSchema } from '@/lib/contracts/schedule'
import { updateOperations } from '@/lib/services/operations/update-operations'
import { createRetentionPolicy } from '@/lib/services/retention-policy/create-retention-policy'
import { startRetention } from '@/lib/services/retention/start-retention'
import { createSchedule } from '@/lib/services/schedule/create-schedule'
import { startPostgres } from '../../helpers/servers/postgres'
import { startProduct } from '../../helpers/product'
import { waitFor } from '../../helpers/wait-for'

const dayMs = 86_400_000
/** Each needs the one before it, so that a hole anywhere would show. */
const chainLength = 50

it('a worker killed between two deletions leaves a chain without a hole, and the next one completes it (fault 76)', async () => {
  const [product, pg] = await Promise.all([startProduct(), startPostgres()])
  try {
    const { ctx } = product
    const { id: destinationId, folder } = await product.addLocalDestination()
    const sourceId = await product.addSource(pg.source())
    await updateOperations({ ctx, input: { retention: { graceDays: 0 } } })
    const policy = await createRetentionPolicy({ ctx, input: { name: 'a week', rules: { keepDays: 7 } } })
    const timing = { sourceId, action: 'backup', cron: '0 2 1 1 *', destinationIds: [destinationId] }
    await createSchedule({ ctx, input: createScheduleSchema.parse({ ...timing, retentionPolicyId: policy.id }) })

    const chain: string[] = []
    const add = async (startedAt: Date, dependsOn: string[]) => {
      const id = randomUUID()
      const repositoryPath = `${sourceId}/${id}/`
      await mkdir(path.join(folder, repositoryPath), { recursive: true })
      for (const file of ['manifest.json', 'data'])
        await writeFile(path.join(folder, repositoryPath, file), 'x'.repeat(100))
      await ctx.db.backup.create({
        data: {
          id,
          sourceId,
          jobId: randomUUID(),
          kind: 'logical',
          status: 'succeeded',
          startedAt,
          finishedAt: startedAt,
          sourceBytes: 100,
          storedBytes: 200,
          repositoryPath,
          dependsOn,
          copies: { create: { destinationId, state: 'stored', storedBytes: 200 } },
        },
      })
      return id
    }
    const begin = Date.now() - 60 * dayMs
    for (let index = 0; index < chainLength; index += 1)
      chain.push(await add(new Date(begin + index * 60_000), chain.slice(-1)))
    const newest = await add(new Date(), [])
    const isWhole = (id: string) =>
      ['manifest.json', 'data'].every((file) => existsSync(path.join(folder, sourceId, id, file)))

    const worker = await product.startWorker()
    await startRetention(ctx, [sourceId])
    // The first removal that is seen ends the worker: it is somewhere in the middle of the others then.
    await waitFor('the first removal', () => !isWhole(chain.at(-1) ?? ''), 120_000)
    worker.kill('SIGKILL')
    await worker.exited

    const left = chain.filter(isWhole)
    expect(left.length).toBeGreaterThan(0)
    expect(left.length).toBeLessThan(chainLength)
    expect(left).toEqual(chain.slice(0, left.length))
    expect(isWhole(newest)).toBe(true)

    await product.startWorker()
    await waitFor('the deletion to be completed', () => !chain.some(isWhole))
    await waitFor(
      'the catalog to say so',
      async () =>
        (await ctx.db.backupCopy.count({ where: { state: 'deleted', deletedAt: { not: null } } })) === chainLength,
    )
    expect(isWhole(newest)).toBe(true)
  } finally {
    await product.close()
    await pg.close()
  }
}, 240_000)
