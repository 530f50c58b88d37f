import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { LogStreamModel } from '@/lib/db/generated/models/LogStream'
import type { Protection } from '@/lib/contracts/recovery/protection'
import { openLogReader } from '@/lib/services/log/open-log-reader'
import { updateSource } from '@/lib/services/source/update-source'
import type { Product } from './product'
import { makeTestRun } from './run-context'
import { waitFor } from './wait-for'

/** A server whose log is followed, or one that takes its place. */
export interface LogServer {
  dataDir: string
  sql(text: string): Promise<Record<string, unknown>[]>
}

/** What tests ask of the log of one source. */
export function followedLog(product: Product, sourceId: string) {
  const { db } = product.ctx
  const stream = (): Promise<LogStreamModel | null> => db.logStream.findUnique({ where: { sourceId } })
  return {
    stream,
    protect: (protection: Partial<Protection>) =>
      updateSource({ ctx: product.ctx, input: { id: sourceId, patch: { protection } } }),
    streaming: () => waitFor('the follower', async () => (await stream())?.state === 'streaming' && stream()),
    /** Until it is not followed for this reason. */
    waitsFor: (code: string) =>
      waitFor(`the stream to wait because of ${code}`, async () => {
        const row = await stream()
        return row?.state === 'waiting' && JSON.stringify(row.error).includes(`"${code}"`)
      }),
    /** Until everything is stored that the server has flushed by now; how far that is. */
    async stored(server: LogServer): Promise<string> {
      const [row] = await server.sql('SELECT pg_current_wal_flush_lsn()::text AS lsn')
      const lsn = String(row?.lsn)
      await waitFor(
        `the log up to ${lsn} to be stored`,
        async () => {
          const position = (await stream())?.storedPosition ?? '0/0'
          return (await server.sql(`SELECT '${position}'::pg_lsn >= '${lsn}' AS there`))[0]?.there === true
        },
        60_000,
      )
      return lsn
    },
    ranges: () => db.logRange.findMany({ where: { sourceId }, orderBy: [{ timeline: 'asc' }, { fromOrder: 'asc' }] }),
    /** Names of the server's own files that are stored, after each was compared with what is stored, in one destination or in any. */
    async compared(server: LogServer, destinationId?: string): Promise<string[]> {
      const identity = (await stream())?.identity ?? ''
      const reader = openLogReader(product.ctx, {
        ...{ sourceId, identity },
        ...(destinationId === undefined ? {} : { destinationId }),
      })
      const folder = path.join(server.dataDir, 'pg_wal')
      const same: string[] = []
      for (const name of readdirSync(folder).filter((each) => /^[0-9A-F]{24}$/.test(each))) {
        const found = await reader.fetch(name, makeTestRun())
        if (!found) continue
        const [ours, theirs] = [await buffer(found), readFileSync(path.join(folder, name))]
        // Of the open segment the server has more.
        const end = ours.findLastIndex((byte) => byte !== 0) + 1
        if (!ours.subarray(0, end).equals(theirs.subarray(0, end)))
          throw new Error(`${name} differs from the server's.`)
        same.push(name)
      }
      await reader.close()
      return same
    },
  }
}
