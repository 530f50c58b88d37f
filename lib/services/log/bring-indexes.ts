import { toFailure } from '@/lib/core/holdfast-error'
import { logFolder, logKey, logObjectOf } from '@/lib/core/repository/log-paths'
import { readAll } from '@/lib/pipeline/read-all'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import { readLogIndex } from '@/lib/vault/read-log-index'
import type { ServiceContext } from '../context'
import { ownSigningKeys } from '../signature/signing-keys'
import type { LogPlaceKey } from './open-log'
import { createIndex, indexLimitBytes, type IndexDestination } from './write-log-index'

/**
 * Brings indexes that a destination lacks there from one that has them. `complete`: up to which number each destination has them, as
 * far as this was seen; what is known there is not looked at again. Trouble with one destination is logged.
 */
export async function bringIndexes(
  input: {
    ctx: Pick<ServiceContext, 'db' | 'vault'>
    place: LogPlaceKey
    destinations: IndexDestination[]
    complete: Map<string, number>
  },
  run: RunContext,
): Promise<void> {
  const { ctx, place, destinations, complete } = input
  const row = await ctx.db.logTimeline.findUniqueOrThrow({ where: { sourceId_identity_timeline: place } })
  if (destinations.every(({ id }) => complete.get(id) === row.indexNumber)) return
  const { _min } = await ctx.db.logSegment.aggregate({ where: place, _min: { indexNumber: true } })
  const oldest = _min.indexNumber ?? row.indexNumber + 1
  const isWanted = (number: number) => oldest <= number && number <= row.indexNumber
  const trusted = await ownSigningKeys(ctx.db, ctx.vault)
  const there = new Map<IndexDestination, Set<number>>()
  for (const destination of destinations) {
    await logged(destination, run, async () => {
      there.set(destination, await indexesIn(destination.storage, place, run))
    })
  }
  const all = [...new Set([...there.values()].flatMap((numbers) => [...numbers]))].filter(isWanted)
  for (const [destination, own] of there) {
    await logged(destination, run, async () => {
      for (const number of all.filter((each) => !own.has(each)).sort((a, b) => a - b)) {
        const holder = [...there].find(([, numbers]) => numbers.has(number))?.[0]
        if (!holder) continue
        const key = logKey(place, { kind: 'index', number })
        const bytes = await readAll(await holder.storage.get(key, null, run), indexLimitBytes)
        readLogIndex(key, bytes, trusted)
        await createIndex(destination.storage, key, bytes, run)
      }
      complete.set(destination.id, row.indexNumber)
    })
  }
}

async function logged({ name }: IndexDestination, run: RunContext, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    run.signal.throwIfAborted()
    run.logger.warn(`indexes of the log could not be brought to ${name}`, { ...toFailure(error) })
  }
}

async function indexesIn(storage: Storage, place: LogPlaceKey, run: RunContext): Promise<Set<number>> {
  const numbers = new Set<number>()
  for await (const { key } of storage.list(`${logFolder(place)}index/`, run)) {
    const object = logObjectOf(key)?.object
    if (object?.kind === 'index') numbers.add(object.number)
  }
  return numbers
}
