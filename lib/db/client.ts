import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient, type Prisma } from './generated/client'

/** The catalog's client; one per process. */
export type Db = PrismaClient
/** A client or a transaction of it: what catalog code takes, so that callers choose the transaction. */
export type Tx = Prisma.TransactionClient | PrismaClient

/** Opens the catalog. `maxConnections` bounds the pool. */
export function createDb(url: string, maxConnections = 10): Db {
  return new PrismaClient({
    adapter: new PrismaPg({ connectionString: url, max: maxConnections, application_name: 'holdfast' }),
  })
}
