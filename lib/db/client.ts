import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient, type Prisma } from './generated/client'

/** The catalog's client; one per process. */
export type Db = PrismaClient
/** A client or a transaction of it: what catalog code takes, so that callers choose the transaction. */
export type Tx = Prisma.TransactionClient | PrismaClient

const pools = new WeakMap<Db, pg.Pool>()

/** Opens the catalog. `maxConnections` bounds the pool. */
export function createDb(url: string, maxConnections = 10): Db {
  const pool = new pg.Pool({ connectionString: url, max: maxConnections, application_name: 'holdfast' })
  const db = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: true }) })
  pools.set(db, pool)
  return db
}

/** The connections of a client of `createDb`. */
export function poolOf(db: Db): pg.Pool {
  const pool = pools.get(db)
  if (!pool) throw new Error('only the whole catalog has connections of its own')
  return pool
}
