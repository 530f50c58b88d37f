import { PrismaPg } from '@prisma/adapter-pg'
import type pg from 'pg'
import { limitedRoleMissing, limitedRoleName, limitHolds } from './limited-role'

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>
type Transaction = Awaited<ReturnType<Adapter['startTransaction']>>

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * A driver for Prisma that runs every statement, and every transaction, in a transaction that sees the rows of these
 * sources only (migration row_security). It is below everything that services can call: no operation goes around it.
 * Connections are the pool's, one at a time for each statement or transaction, and are returned as they were: what the
 * transaction sets ends with it.
 */
export function limitedAdapter(pool: pg.Pool, ids: readonly string[]) {
  return {
    provider: 'postgres' as const,
    adapterName: 'holdfast-limited',
    connect: async () => limit(await driverOf(pool), pool, ids),
  }
}

const drivers = new WeakMap<pg.Pool, Promise<Adapter>>()

/** One for all sources: each would listen to the pool's errors for as long as the pool is there. */
function driverOf(pool: pg.Pool): Promise<Adapter> {
  const driver = drivers.get(pool) ?? new PrismaPg(pool).connect()
  drivers.set(pool, driver)
  return driver
}

function limit(inner: Adapter, pool: pg.Pool, ids: readonly string[]) {
  const begin = beginning(ids)

  const startTransaction: Adapter['startTransaction'] = async (isolationLevel) => {
    const tx = await inner.startTransaction(isolationLevel)
    const held = await tx.queryRaw({ sql: begin, args: [], argTypes: [] }).then(
      // The last of the columns. A role that the policies do not hold must see nothing rather than everything.
      ({ rows }) => rows[0]?.at(-1) === true,
      async (error: unknown) => {
        await rollback(tx)
        throw isAboutRole(error) ? await refusal(pool) : error
      },
    )
    if (held) return tx
    await rollback(tx)
    throw await refusal(pool)
  }

  const alone = async <Result>(run: (tx: Transaction) => Promise<Result>): Promise<Result> => {
    const tx = await startTransaction()
    try {
      const result = await run(tx)
      await tx.executeRaw({ sql: 'COMMIT', args: [], argTypes: [] })
      await tx.commit()
      return result
    } catch (error) {
      await rollback(tx)
      throw error
    }
  }

  return {
    provider: 'postgres' as const,
    adapterName: inner.adapterName,
    queryRaw: (query: Parameters<Adapter['queryRaw']>[0]) => alone((tx) => tx.queryRaw(query)),
    executeRaw: (query: Parameters<Adapter['executeRaw']>[0]) => alone((tx) => tx.executeRaw(query)),
    executeScript: () => Promise.reject(new Error('scripts are for migrations, which are not limited')),
    startTransaction,
    getConnectionInfo: () => inner.getConnectionInfo(),
    // The connections are the whole catalog's.
    dispose: () => Promise.resolve(),
  }
}

/** With the reason as its cause: Prisma makes an error of its own of every error that has a code. */
async function refusal(pool: pg.Pool): Promise<Error> {
  const cause = await limitedRoleMissing(pool)
  return new Error(cause.message, { cause })
}

/** The driver only gives the connection back; ending the transaction is for its user. */
async function rollback(tx: Transaction): Promise<void> {
  // A connection on which even this fails is broken, and the pool throws it away.
  await tx.executeRaw({ sql: 'ROLLBACK', args: [], argTypes: [] }).catch(() => undefined)
  await tx.rollback()
}

/**
 * One statement, its columns in this order: what `asOwner` goes back to, the sources, the role, whether it holds. Without
 * jit, since the planner estimates such high costs for the policies that it would compile for longer than the query takes.
 */
function beginning(ids: readonly string[]): string {
  const own = ids.map((id) => id.toLowerCase())
  if (!own.every((id) => uuid.test(id))) throw new Error('sources are named by their ids')
  return `SELECT set_config('holdfast.own_role', current_setting('role'), true), set_config('jit', 'off', true),
    set_config('holdfast.source_ids', '{${own.join(',')}}', true),
    set_config('role', ${limitedRoleName}, true), ${limitHolds}`
}

/** Codes of a role that is not there, or may not be taken. */
const aboutRole = ['22023', '42501']

function isAboutRole(error: unknown): boolean {
  if (!(error instanceof Error) || typeof error.cause !== 'object' || error.cause === null) return false
  return 'originalCode' in error.cause && aboutRole.includes(String(error.cause.originalCode))
}
