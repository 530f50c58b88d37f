import type { AskedPoint, PointTarget } from '@/lib/contracts/recovery/recoveries'
import { HoldfastError } from '@/lib/core/holdfast-error'
import {
  type FoundRecord,
  planRecovery,
  type RecoveryPlan,
  type RecoveryRefusal,
  type RecoveryTarget,
} from '@/lib/core/recovery/plan-recovery'
import type { RecoveryPoint } from '@/lib/core/recovery/stored-log'
import type { Tx } from '@/lib/db/client'
import type { LogMethod } from '@/lib/ports/log-method'
import type { SoughtRecord } from '@/lib/ports/recovery-method'
import type { ServiceContext } from '@/lib/services/context'
import { logMethodOf } from '@/lib/services/log/log-method-of'
import { readStoredLog, type StoredLogOf } from './read-stored-log'

/** Where a record is in a stored log; null when it is not in it. */
export type FindRecord = (of: StoredLogOf, sought: SoughtRecord) => Promise<FoundRecord | null>

export interface PlannedPoint {
  identity: string
  plan: RecoveryPlan
}

/**
 * How a point is reached with what is stored now. Null without `find` when the log has to be searched for it. Throws
 * `target-unreachable` with the nearest points, and `invalid-input` for what is no position.
 */
export async function planPoint(
  ctx: ServiceContext,
  source: { id: string; engine: string },
  asked: Omit<AskedPoint, 'sourceId'>,
  find: FindRecord | null,
): Promise<PlannedPoint | null> {
  const method = logMethodOf(ctx, source)
  const { destinationId, timeline } = asked
  let refusal: RecoveryRefusal = { reason: 'no-path', nearest: [] }
  const identities = await identitiesOf(ctx.db, source.id)
  for (const [index, identity] of identities.entries()) {
    const of = { sourceId: source.id, identity, ...(destinationId === undefined ? {} : { destinationId }) }
    const target = await toTarget(ctx.db, method, of, asked.target, find)
    if (target === null) return null
    const stored = await readStoredLog(ctx.db, method, of)
    const planned = planRecovery({ ...stored, target: { ...target, timeline } })
    if ('plan' in planned) return { identity, plan: planned.plan }
    if (index === 0) refusal = planned.refused
  }
  throw unreachable(method, asked.target, refusal)
}

/** Of the server that is followed now, before those that it took the place of. */
async function identitiesOf(tx: Tx, sourceId: string): Promise<string[]> {
  const stream = await tx.logStream.findUnique({ where: { sourceId }, select: { identity: true } })
  const rows = await tx.logTimeline.findMany({
    where: { sourceId },
    distinct: ['identity'],
    select: { identity: true },
    orderBy: { identity: 'asc' },
  })
  const known = rows.map(({ identity }) => identity)
  return known.toSorted((a, b) => Number(b === stream?.identity) - Number(a === stream?.identity))
}

async function toTarget(
  tx: Tx,
  method: LogMethod,
  of: StoredLogOf,
  target: PointTarget,
  find: FindRecord | null,
): Promise<RecoveryTarget | null> {
  switch (target.type) {
    case 'latest':
    case 'immediate':
      return target
    case 'time':
      return { type: 'time', time: new Date(target.value) }
    case 'lsn':
      return { type: 'lsn', lsn: orderOf(method, target.value) }
    case 'xid':
      return find && { type: 'xid', xid: target.value, found: await find(of, target) }
    case 'name': {
      const { sourceId, identity } = of
      const own = await tx.restorePoint.findUnique({
        where: { sourceId_identity_name: { sourceId, identity, name: target.value } },
      })
      // Its record ends at its position, and every place in it is found by that.
      if (own) return { type: 'name', name: own.name, found: { position: own.order - 1n, time: own.at } }
      return find && { type: 'name', name: target.value, found: await find(of, target) }
    }
  }
}

function orderOf(method: LogMethod, position: string): bigint {
  try {
    return method.order(position)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new HoldfastError('invalid-input', `The position is not understood: ${error.message}`, {
      facts: { errors: [{ path: 'target.value', message: error.message }] },
      cause: error,
    })
  }
}

const reasons: Record<RecoveryRefusal['reason'], string> = {
  gap: 'lies in a gap of the stored log',
  'before-base': 'lies before the end of the first base backup',
  'beyond-stored': 'is later than what is stored',
  'no-path': 'cannot be reached: no base backup and log that lead there are stored',
  'not-found': 'is nowhere in the stored log',
}

const words: Record<PointTarget['type'], string> = {
  latest: 'The latest state',
  immediate: 'The end of the newest base backup',
  time: 'The time',
  lsn: 'The position',
  xid: 'The transaction',
  name: 'The restore point',
}

function unreachable(method: LogMethod, target: PointTarget, { reason, nearest }: RecoveryRefusal): HoldfastError {
  const asked = 'value' in target ? `${words[target.type]} ${target.value}` : words[target.type]
  const shown = ({ timeline, position, time }: RecoveryPoint) => ({
    timeline,
    position: method.position(position),
    time: time.toISOString(),
  })
  const points = nearest.map(({ before, after }) => ({
    ...(before ? { before: shown(before) } : {}),
    ...(after ? { after: shown(after) } : {}),
  }))
  const times = points.flatMap(({ before, after }) => [before?.time, after?.time].filter((time) => time !== undefined))
  return new HoldfastError('target-unreachable', `${asked} ${reasons[reason]}.`, {
    remedy:
      times.length > 0
        ? `The nearest points that can be reached: ${times.join(' and ')}.`
        : 'See the windows of the source for what can be reached.',
    facts: { reason, nearest: points },
  })
}
