import { createHash, randomUUID } from 'node:crypto'
import { formatLsn } from '@/lib/core/log/lsn'
import { segmentStart, timelineNumber, walSegmentName } from '@/lib/core/log/wal-name'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { type LogObject, logKey } from '@/lib/core/repository/log-paths'
import { backupFolder, manifestFile, signatureFile } from '@/lib/core/repository/paths'
import { toJson } from '@/lib/db/to-json'
import type { LogSegmentModel } from '@/lib/db/generated/models/LogSegment'
import type { Storage } from '@/lib/ports/storage'
import type { ServiceContext } from '@/lib/services/context'
import type { LogPlaceKey } from '@/lib/services/log/open-log'
import { signDocument } from '@/lib/vault/signed-document'
import { makeMemoryStorage } from './memory-storage'

export const segmentBytes = 2 ** 20
export const identity = '7427183920114572081'

export type Stores = Map<string, Storage & { objects: Map<string, Buffer> }>

/** Destinations in memory, which never overwrite, and a context that opens them. */
export async function memoryDestinations<Context extends ServiceContext>(
  ctx: Context,
  count: number,
): Promise<{ ctx: Context; stores: Stores; ids: string[] }> {
  const stores: Stores = new Map()
  for (let at = 0; at < count; at += 1) {
    const name = `memory ${randomUUID()}`
    const { id } = await ctx.db.destination.create({ data: { name, kind: 'local', config: { path: `/tmp/${name}` } } })
    const storage = makeMemoryStorage()
    stores.set(id, {
      ...storage,
      async put(key, body, options, run) {
        if (storage.objects.has(key)) throw new HoldfastError('object-exists', `${key} is there.`)
        return storage.put(key, body, options, run)
      },
    })
  }
  const openStorage: Context['openStorage'] = ({ id }) => {
    const storage = stores.get(id)
    if (!storage) throw new Error(`There is no destination ${id}.`)
    return storage
  }
  return { ctx: { ...ctx, openStorage }, stores, ids: [...stores.keys()] }
}

export async function addSource(ctx: ServiceContext): Promise<string> {
  const { id } = await ctx.db.source.create({
    data: {
      name: `log ${randomUUID()}`,
      engine: 'postgres',
      connection: { host: 'db', database: 'shop', user: 'backup' },
      options: {},
      protection: { dumps: false, continuous: true },
    },
  })
  return id
}

export interface GeneratedTimeline {
  timeline: string
  /** Numbers of its whole segments. */
  segments: number[]
  /** Ends of the slices in the open segment that follows, in bytes. */
  slices?: number[]
  history?: string
  /** The newest segment of each period, from the first on; none: nothing is encrypted. */
  periods?: number[]
}

/** Stores a timeline's log as a follower does, with its rows; the content is a few bytes. */
export async function addTimeline(
  { ctx, stores }: { ctx: ServiceContext; stores: Stores },
  sourceId: string,
  { timeline, segments, slices = [], history, periods = [] }: GeneratedTimeline,
  /** Whether a destination has a segment. */
  has: (destinationId: string, number: number) => boolean = () => true,
): Promise<LogPlaceKey> {
  const place = { sourceId, identity, timeline }
  const ids = [...stores.keys()]
  const put = (object: LogObject, bytes: Buffer, to = ids) => {
    for (const id of to) stores.get(id)?.objects.set(logKey(place, object), bytes)
  }
  const historyName = history === undefined ? null : `${timeline}.history`
  await ctx.db.logTimeline.create({ data: { ...place, segmentBytes, history: history ?? null, historyName } })
  if (historyName !== null) {
    const segment = { number: 0, name: historyName }
    put({ kind: 'segment', segment, compression: 'none', encryption: 'none' }, Buffer.from(history ?? ''))
  }
  for (const [at] of periods.entries()) {
    const wrapped = Buffer.from(`key ${at + 1}`)
    put({ kind: 'identity', period: at + 1 }, wrapped)
    const row = { recipient: 'age1test', wrapped: wrapped.toString('base64'), wrappedFor: [] }
    await ctx.db.logPeriod.create({ data: { ...place, period: at + 1, begunAt: ctx.clock.now(), ...row } })
  }
  const periodOf = (number: number) => {
    const at = periods.findIndex((last) => number <= last)
    return periods.length === 0 ? null : at < 0 ? periods.length : at + 1
  }
  const rowOf = (number: number, from: bigint, to: bigint) => {
    const content = Buffer.from(`${timeline} ${number} ${from} ${to}`)
    const sha256 = createHash('sha256').update(content).digest('hex')
    const facts = {
      sourceSha256: sha256,
      storedSha256: sha256,
      storedBytes: BigInt(content.length),
      compression: 'none',
    }
    const name = walSegmentName(timelineNumber(timeline), number, segmentBytes)
    return {
      content,
      row: { ...place, number: BigInt(number), name, ...facts, period: periodOf(number), fromOrder: from, toOrder: to },
    }
  }
  const formOf = (period: number | null) =>
    ({ compression: 'none', encryption: period === null ? 'none' : 'age' }) as const
  const rows = segments.map((number) => {
    const from = segmentStart(number, segmentBytes)
    const { content, row } = rowOf(number, from, from + BigInt(segmentBytes))
    const segment = { number, name: row.name }
    put(
      { kind: 'segment', segment, ...formOf(row.period) },
      content,
      ids.filter((id) => has(id, number)),
    )
    const times = { storedAt: ctx.clock.now(), lastCommitAt: new Date(Date.UTC(2026, 0, 1) + number * 1_000) }
    return {
      ...row,
      ...times,
      from: formatLsn(row.fromOrder),
      to: formatLsn(row.toOrder),
      sourceBytes: BigInt(segmentBytes),
    }
  })
  await insertSegments(ctx, rows)
  const open = (segments.at(-1) ?? 0) + 1
  const begin = segmentStart(open, segmentBytes)
  for (const [at, to] of slices.entries()) {
    const from = slices[at - 1] ?? 0
    const { content, row } = rowOf(open, begin + BigInt(from), begin + BigInt(to))
    const segment = { number: open, name: row.name }
    put(
      { kind: 'slice', segment, from, to, ...formOf(row.period) },
      content,
      ids.filter((id) => has(id, open)),
    )
    await ctx.db.logSlice.create({ data: { ...row, fromByte: from, toByte: to } })
  }
  for (const destinationId of ids) {
    const pieces = rows.filter(({ number }) => has(destinationId, Number(number)))
    const ranges = stretches(pieces)
    const last = slices.at(-1)
    if (last !== undefined && has(destinationId, open)) {
      const joined = ranges.find(({ toOrder }) => toOrder === begin)
      const toOrder = begin + BigInt(last)
      if (joined) joined.toOrder = toOrder
      else ranges.push({ fromOrder: begin, toOrder, lastCommitAt: null })
    }
    await ctx.db.logRange.createMany({
      data: ranges.map(({ fromOrder, toOrder, lastCommitAt }) => ({
        ...{ ...place, destinationId, fromOrder, toOrder, lastCommitAt },
        ...{ from: formatLsn(fromOrder), to: formatLsn(toOrder) },
      })),
    })
  }
  return place
}

/** In one statement: of tens of thousands the client would make as many parameters. */
async function insertSegments(ctx: ServiceContext, rows: Omit<LogSegmentModel, 'indexNumber'>[]): Promise<void> {
  const plain = rows.map(({ sourceId, from, to, fromOrder, toOrder, lastCommitAt, storedAt, ...row }) => ({
    ...{ identity: row.identity, timeline: row.timeline, name: row.name, compression: row.compression },
    ...{ source_id: sourceId, from_position: from, to_position: to, number: String(row.number), period: row.period },
    ...{ from_order: String(fromOrder), to_order: String(toOrder), last_commit_at: lastCommitAt, stored_at: storedAt },
    ...{ source_bytes: String(row.sourceBytes), source_sha256: row.sourceSha256 },
    ...{ stored_bytes: String(row.storedBytes), stored_sha256: row.storedSha256 },
  }))
  await ctx.db.$executeRaw`
    INSERT INTO log_segment SELECT * FROM jsonb_populate_recordset(null::log_segment, ${JSON.stringify(plain)}::jsonb)`
}

interface Stretch {
  fromOrder: bigint
  toOrder: bigint
  lastCommitAt: Date | null
}

function stretches(pieces: readonly Stretch[]): Stretch[] {
  const all: Stretch[] = []
  for (const { fromOrder, toOrder, lastCommitAt } of pieces) {
    const last = all.at(-1)
    if (last?.toOrder === fromOrder) Object.assign(last, { toOrder, lastCommitAt })
    else all.push({ fromOrder, toOrder, lastCommitAt })
  }
  return all
}

/** A base backup with its signed manifest in every destination. */
export async function addBase(
  { ctx, stores }: { ctx: ServiceContext; stores: Stores },
  sourceId: string,
  at: { timeline: string; start: bigint; end: bigint; endedAt?: Date; status?: string },
): Promise<string> {
  const backupId = randomUUID()
  const startedAt = at.endedAt ?? ctx.clock.now()
  const folder = backupFolder(sourceId, backupId, startedAt)
  const hash = 'a'.repeat(64)
  const manifest = {
    ...{ format: 'holdfast-backup', version: 2, instanceId: 'test', backupId, method: 'base', identity },
    source: { id: sourceId, name: 'log', engine: 'postgres', label: null },
    ...{ startedAt: startedAt.toISOString(), finishedAt: startedAt.toISOString(), engineVersion: null, tool: null },
    ...{ facts: { walSegmentBytes: segmentBytes }, measures: [], chain: null, encryption: null, howToRestore: [] },
    range: { from: formatLsn(at.start), to: formatLsn(at.end), timeline: at.timeline, identity },
    ...{ earliestTarget: startedAt.toISOString(), latestTarget: null },
    parts: [
      {
        ...{ role: 'base', file: 'base.tar', sourceBytes: 1, sourceSha256: hash, storedBytes: 1, storedSha256: hash },
        ...{ compression: 'none', encrypted: false },
      },
    ],
  }
  const bytes = Buffer.from(JSON.stringify(manifest))
  const signature = await signDocument(ctx.vault, {
    ...{
      format: 'holdfast-manifest-signature',
      version: 1,
      instanceId: 'test',
      sourceId,
      backupId,
      folder,
      sequence: 1,
    },
    ...{ manifestSha256: createHash('sha256').update(bytes).digest('hex'), previous: null },
    ...{ signedAt: startedAt.toISOString(), publicKey: ctx.vault.evidencePublicKey },
  })
  for (const { objects } of stores.values()) {
    objects.set(folder + manifestFile, bytes).set(folder + signatureFile, signature)
  }
  const job = await ctx.db.job.create({
    data: { kind: 'backup', actor: {}, state: 'succeeded', sourceId, input: {}, finishedAt: startedAt },
  })
  await ctx.db.backup.create({
    data: {
      jobId: job.id,
      ...{ id: backupId, sourceId, kind: 'base', status: at.status ?? 'succeeded', startedAt, repositoryPath: folder },
      manifest: toJson(manifest),
      copies: { create: [...stores.keys()].map((destinationId) => ({ destinationId, state: 'stored' })) },
    },
  })
  return backupId
}

/** A follower of the timeline, held under fence 1. */
export async function follow(
  ctx: ServiceContext,
  { sourceId, identity: of, timeline }: LogPlaceKey,
  destinationIds: string[],
): Promise<{ sourceId: string; fence: number; ending: boolean }> {
  const state = { state: 'streaming', identity: of, timeline, fence: 1, slot: `slot_${sourceId.replaceAll('-', '')}` }
  await ctx.db.logStream.create({ data: { sourceId, destinationIds, ...state } })
  return { sourceId, fence: 1, ending: false }
}

/** What of a source's log lies in a store. */
export const logKeysIn = (stores: Stores, id: string, sourceId: string): string[] =>
  [...(stores.get(id)?.objects.keys() ?? [])].filter((key) => key.startsWith(`holdfast/v1/${sourceId}/log/`)).sort()
