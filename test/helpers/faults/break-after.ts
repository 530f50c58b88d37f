import type { Db } from '@/lib/db/client'
import type { Storage } from '@/lib/ports/storage'
import type { ServiceContext } from '@/lib/services/context'

/** The same context with other stores. */
export function withStorage(of: ServiceContext, how: (id: string, storage: Storage) => Storage): ServiceContext {
  return { ...of, openStorage: (spec) => how(spec.id, of.openStorage(spec)) }
}

/** Everything fails from the given call to the catalog or a store on; what a store was asked for before that may have been done. */
export function breakAfter(ctx: ServiceContext, allowed: number): ServiceContext {
  let calls = 0
  const step = () => {
    if (calls >= allowed) throw new Error('killed')
    calls += 1
  }
  const db = ctx.db.$extends({
    query: {
      $allOperations({ args, query }) {
        step()
        return query(args)
      },
    },
  })
  const around = async <T>(work: () => Promise<T>): Promise<T> => {
    step()
    const result = await work()
    step()
    return result
  }
  return withStorage({ ...ctx, db: asDb(db) }, (_, storage) => ({
    ...storage,
    async *list(prefix, run) {
      step()
      yield* storage.list(prefix, run)
    },
    put: (key, body, options, run) => around(() => storage.put(key, body, options, run)),
    get: (key, part, run) => around(() => storage.get(key, part, run)),
    delete: (keys, run) => around(() => storage.delete(keys, run)),
  }))
}

/** An extension that changes no result is a client like any other. */
const asDb = (client: unknown): Db => client as Db
