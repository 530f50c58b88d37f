import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { findCipher } from '@/lib/cipher/index'
import { builtInFormats } from '@/lib/contracts/encryption'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { logKey, logObjectOf, type LogObject } from '@/lib/core/repository/log-paths'
import type { LogTimelineModel } from '@/lib/db/generated/models/LogTimeline'
import { readAll } from '@/lib/pipeline/read-all'
import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from '@/lib/services/context'
import type { LogPlaceKey } from '@/lib/services/log/open-log'
import { openPeriod, periodFiles } from '@/lib/services/log/period-keys'
import { indexLimitBytes } from '@/lib/services/log/write-log-index'
import { readLogIndex } from '@/lib/vault/read-log-index'
import { fromFrames } from '@/lib/services/log/store/seal'
import type { LogStore } from './log-store'

/** A wrapped key or a history is far smaller. */
const limitBytes = 4 << 20

/** An object beside the segments that is read back. */
export interface SmallObjectFacts {
  key: string
  /** Rejects with `object-not-found`, `object-damaged` or `signature-invalid` when it is not as it should be. */
  check(store: LogStore, run: RunContext): Promise<void>
  /** Its bytes, where the catalog has them. */
  bytes: Buffer | null
}

/** Files with the keys of periods, as the catalog has them. */
export async function keyObjects(
  ctx: Pick<ServiceContext, 'db'>,
  place: LogPlaceKey,
  periods: readonly number[],
): Promise<SmallObjectFacts[]> {
  const rows = await ctx.db.logPeriod.findMany({ where: { ...place, period: { in: [...periods] } } })
  return rows.flatMap(periodFiles).map(({ key, bytes }) => ({
    key,
    bytes,
    async check({ storage }, run) {
      const there = await readAll(await storage.get(key, null, run), limitBytes)
      if (!there.equals(bytes)) throw damaged(key, 'it is not the key that was stored')
    },
  }))
}

/** A signed index of segments. */
export function indexObject(place: LogPlaceKey, number: number, trusted: ReadonlySet<string>): SmallObjectFacts {
  const key = logKey(place, { kind: 'index', number })
  return {
    key,
    bytes: null,
    async check({ storage }, run) {
      readLogIndex(key, await readAll(await storage.get(key, null, run), indexLimitBytes), trusted)
    },
  }
}

/** What leads to this timeline from others; null on a first one. The key says how it was stored, so what lies there is listed. */
export async function historyObject(
  ctx: Pick<ServiceContext, 'db' | 'vault'>,
  store: LogStore,
  timeline: LogTimelineModel,
  run: RunContext,
): Promise<SmallObjectFacts | null> {
  const { history, historyName } = timeline
  if (history === null || historyName === null) return null
  const segment = { number: 0, name: historyName }
  const plainKey = logKey(store.place, { kind: 'segment', segment, compression: 'none', encryption: 'none' })
  const keys: string[] = []
  for await (const { key } of store.storage.list(plainKey, run)) {
    const object = logObjectOf(key)?.object
    if (object?.kind === 'segment' && object.segment.name === historyName) keys.push(key)
  }
  const [key = plainKey] = keys
  return {
    key,
    bytes: null,
    async check({ storage }, within) {
      const object = logObjectOf(key)?.object
      const stored = await readAll(await storage.get(key, null, within), limitBytes)
      const plain = object?.kind === 'segment' ? await openSmall(ctx, timeline, object, stored) : null
      if (plain?.toString('utf8') !== history) throw damaged(key, 'it is not the history that was stored')
    },
  }
}

/** Null when none of its keys opens it, or it is not what was packed. */
async function openSmall(
  ctx: Pick<ServiceContext, 'db' | 'vault'>,
  { sourceId, identity, timeline, historyPeriods }: LogTimelineModel,
  object: Extract<LogObject, { kind: 'segment' }>,
  stored: Buffer,
): Promise<Buffer | null> {
  const unpack = (packed: Buffer) => (object.compression === 'zstd' ? fromFrames([packed]) : packed)
  if (object.encryption === 'none') return Promise.resolve(unpack(stored)).catch(() => null)
  const rows = await ctx.db.logPeriod.findMany({
    where: { sourceId, identity, timeline, period: { in: historyPeriods } },
  })
  for (const row of rows) {
    const own = await openPeriod(ctx.vault, row)
    const cipher = findCipher(builtInFormats[0])
    const packed = await buffer(Readable.from([stored]).compose(cipher.decrypt(own))).catch(() => null)
    const plain = packed && (await Promise.resolve(unpack(packed)).catch(() => null))
    if (plain) return plain
  }
  return null
}

const damaged = (key: string, what: string) =>
  new HoldfastError('object-damaged', `The stored object ${key} is damaged: ${what}.`, { facts: { key } })
