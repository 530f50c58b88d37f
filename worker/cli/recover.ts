import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { NamedTarget } from '@/lib/contracts/engines/engine-contract'
import { engineContract } from '@/lib/contracts/engines/index'
import { type PointTarget, recoveryTargetSchema, type StartRecovery } from '@/lib/contracts/recovery/recoveries'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import { recordAudit } from '@/lib/services/audit/record-audit'
import type { ServiceContext } from '@/lib/services/context'
import { createRestorePoint } from '@/lib/services/recovery/create-restore-point'
import { endRecovery } from '@/lib/services/recovery/end-recovery'
import { getRecovery } from '@/lib/services/recovery/get-recovery'
import { queryRecovery } from '@/lib/services/recovery/query-recovery'
import { startRecovery } from '@/lib/services/recovery/start-recovery'
import { findSource } from '@/lib/services/source/find-source'
import { sourceOptions } from '@/lib/services/source/source-options'
import { sandboxOrder } from '../sandbox-order'
import { openPlanned } from '../tasks/recovery/open-planned'
import { followed } from './followed'
import { table, time } from './print'
import { type Answer, type Options, sourceId, usageError, type Verb } from './verb'

/** Recovers a source to a point: to look at it, into a new place, or as a data directory. */
export const recover: Verb = async (ctx, [name, point], options, home) => {
  if (!name || !point) throw usageError('Name the source and the point: latest, immediate, time=, lsn=, xid= or name=.')
  const id = await sourceId(ctx, name)
  const target = readTarget(point)
  const { look, to, directory, here } = options
  if ([look, to, directory].filter((use) => use !== undefined).length !== 1)
    throw usageError('Say what it is for with one of --look, --to and --directory.')
  const source = await findSource(ctx.db, id)
  if (here) {
    if (directory === undefined) throw usageError('--here goes with --directory.')
    return handOverHere(ctx, { source, target, directory }, home)
  }
  const use: Pick<StartRecovery, 'use' | 'take' | 'directory'> = look
    ? { use: 'look' }
    : directory === undefined
      ? { use: 'take', take: await readTake(ctx, source, options) }
      : { use: 'hand-over', directory }
  const { recoveryId, jobId } = await startRecovery({ ctx, input: { sourceId: id, target, ...use } })
  if (options['no-wait']) return { json: { recoveryId, jobId }, text: `Started recovery ${recoveryId}`, ok: true }
  if (look) return opened(ctx, recoveryId)
  const { ok, text } = await followed(ctx, jobId, options)
  const recovery = await getRecovery({ ctx, input: { id: recoveryId } })
  return { json: recovery, text: [text, ...recovery.notes].join('\n'), ok }
}

function readTarget(point: string): PointTarget {
  const [, type, value] = /^([a-z]+)(?:=(.*))?$/s.exec(point) ?? []
  const read = recoveryTargetSchema.safeParse(value === undefined ? { type } : { type, value })
  if (read.success) return read.data
  throw usageError(
    type === 'time'
      ? 'A time has its zone: time=2026-03-01T12:00:00Z, or time=2026-03-01T13:00:00+01:00.'
      : 'A point is latest, immediate, time=TIME, lsn=POSITION, xid=NUMBER or name=NAME.',
  )
}

async function readTake(
  ctx: ServiceContext,
  { engine }: SourceModel,
  { to = '', owners, only, on, database }: Options,
): Promise<NonNullable<StartRecovery['take']>> {
  const { namedTarget }: { namedTarget: NamedTarget } = engineContract(engine)
  try {
    const into = namedTarget.read({ to, owners, only })
    const target = on === undefined ? {} : { sourceId: await sourceId(ctx, on) }
    return { into: { ...into, ...target }, ...(database === undefined ? {} : { database }) }
  } catch (error) {
    if (error instanceof SyntaxError) throw usageError(`--only: ${error.message}.`)
    throw error
  }
}

/** Waits until the look can be asked, or has failed. */
async function opened(ctx: ServiceContext, id: string): Promise<Answer> {
  for (;;) {
    const recovery = await getRecovery({ ctx, input: { id } })
    const { state, error, reached, expiresAt } = recovery
    if (state === 'ready') {
      const text = [
        `Open until ${time(expiresAt)}, at ${reached?.position ?? 'its target'}.`,
        `Ask it:  npm run holdfast -- query ${id} "SELECT ..."`,
        `End it:  npm run holdfast -- end-look ${id}`,
      ]
      return { json: recovery, text: text.join('\n'), ok: true }
    }
    if (state !== 'queued' && state !== 'running') {
      const text = [error?.message ?? 'It was ended.', error?.remedy].filter(Boolean).join('\n')
      return { json: recovery, text, ok: false }
    }
    await delay(250)
  }
}

/** Makes the data directory with this very process: for another machine than the worker's. */
async function handOverHere(
  ctx: ServiceContext,
  { source, target, directory }: { source: SourceModel; target: PointTarget; directory: string },
  home: string,
): Promise<Answer> {
  const ended = new AbortController()
  const end = () => ended.abort(new Error('ended by a signal'))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end)
  const run = { signal: ended.signal, logger: ctx.logger, clock: ctx.clock, progress: () => undefined }
  const sandbox = await sandboxOrder(ctx, home, sourceOptions(source).acceptUnconfined)
  await ctx.db.$transaction((tx) =>
    recordAudit(tx, ctx.actor, {
      action: 'recovery.start',
      subjectType: 'source',
      subjectId: source.id,
      detail: { sourceId: source.id, target, use: 'hand-over', directory },
    }),
  )
  const order = { source, asked: { target }, use: 'change' as const, sandbox, onPlan: () => Promise.resolve() }
  const point = await openPlanned(ctx, order, run)
  try {
    const notes = [...point.notes, ...(await point.handOver(directory, sandbox.keepOut.paths, run))]
    const { position, timeline, time: at } = point.reached
    const reached = { position, timeline, time: at?.toISOString() ?? null }
    const text = [`${directory} is at ${position} (${time(reached.time)}), and ready to start.`, ...notes]
    return { json: { directory, reached, notes }, text: text.join('\n'), ok: true }
  } finally {
    await point.close()
  }
}

const recoveryId = (id: string | undefined): string => {
  if (id && z.uuid().safeParse(id).success) return id
  throw usageError('Give the id of the recovery.')
}

/** One statement that reads, in an open look. */
export const query: Verb = async (ctx, [id, sql], { database }) => {
  if (!sql) throw usageError('Give the statement, in quotes.')
  const input = { id: recoveryId(id), sql, ...(database === undefined ? {} : { database }) }
  const answer = await queryRecovery({ ctx, input })
  const rows = answer.rows.map((row) => row.map((value) => value ?? 'NULL'))
  const text = table(answer.columns, rows) + (answer.truncated ? '\nThere is more; this is the beginning.' : '')
  return { json: answer, text, ok: true }
}

export const endLook: Verb = async (ctx, [id]) => {
  const recovery = await endRecovery({ ctx, input: { id: recoveryId(id) } })
  return { json: recovery, text: 'It is removed within seconds.', ok: true }
}

export const restorePoint: Verb = async (ctx, [name, point]) => {
  if (!name || !point) throw usageError('Name the source, and the moment.')
  const made = await createRestorePoint({ ctx, input: { sourceId: await sourceId(ctx, name), name: point } })
  return { json: made, text: `"${made.name}" is ${made.position} of the log.`, ok: true }
}
