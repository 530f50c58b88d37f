import type { KeptOnServer, RecoveryWindows } from '@/lib/contracts/recovery/continuous'
import { failureSchema } from '@/lib/contracts/common'
import { logStreamStates } from '@/lib/contracts/recovery/continuous'
import { type KeptLog, keptLogSchema } from '@/lib/core/log/kept-log'
import { windowsOf } from '@/lib/core/recovery/windows'
import { catalogNow } from '@/lib/db/catalog-now'
import type { Tx } from '@/lib/db/client'
import { parseOrNull } from '@/lib/db/catalog/parse-or-null'
import type { LogStreamModel } from '@/lib/db/generated/models/LogStream'
import type { LogMethod } from '@/lib/ports/log-method'
import { z } from 'zod'
import type { ServiceContext } from '@/lib/services/context'
import { permit } from '@/lib/services/permit'
import { findSource } from '@/lib/services/source/find-source'
import { exposureOf } from '@/lib/services/log/exposure-of'
import { logMethodOf } from '@/lib/services/log/log-method-of'
import { readStoredLog, type StoredLogOf } from './read-stored-log'

/** Older ones can be recovered to all the same, by their names. */
const mostPoints = 200

/** What a source can be recovered to, and what would be lost now. Throws `kind-unsupported` for engines without a log. */
export async function getWindows({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { sourceId: string }
}): Promise<RecoveryWindows> {
  permit(ctx.actor, 'viewer')
  const { sourceId } = input
  const source = await findSource(ctx.db, sourceId)
  const method = logMethodOf(ctx, source)
  const stream = await ctx.db.logStream.findUnique({ where: { sourceId } })
  const identities = await ctx.db.logTimeline.findMany({
    where: { sourceId },
    distinct: ['identity'],
    select: { identity: true },
  })
  const destinations = await ctx.db.logRange.findMany({
    where: { sourceId },
    distinct: ['destinationId'],
    select: { destinationId: true },
    orderBy: { destinationId: 'asc' },
  })
  const shown = async (at: Pick<StoredLogOf, 'destinationId'>) => {
    const each = await Promise.all(
      identities.map(({ identity }) => showWindows(ctx.db, method, { sourceId, identity, ...at })),
    )
    return { windows: each.flatMap(({ windows }) => windows), gaps: each.flatMap(({ gaps }) => gaps) }
  }
  const points = await ctx.db.restorePoint.findMany({ where: { sourceId }, orderBy: { at: 'desc' }, take: mostPoints })
  const now = await catalogNow(ctx.db)
  return {
    ...(await shown({})),
    restorePoints: points.map(({ name, timeline, position, at }) => ({
      name,
      timeline,
      position,
      at: at.toISOString(),
    })),
    destinations: await Promise.all(
      destinations.map(async ({ destinationId }) => ({ destinationId, ...(await shown({ destinationId })) })),
    ),
    exposureMs: stream && exposureOf(stream, now),
    latestCommitAt: stream?.lastCommitAt?.toISOString() ?? null,
    streaming: stream && showStream(stream),
  }
}

async function showWindows(
  tx: Tx,
  method: LogMethod,
  of: StoredLogOf,
): Promise<Pick<RecoveryWindows, 'windows' | 'gaps'>> {
  const { windows, gaps } = windowsOf(await readStoredLog(tx, method, of))
  return {
    windows: windows.map(({ timeline, from, to, fromTime, toTime, baseIds, endsBecause }) => ({
      timeline,
      from: fromTime.toISOString(),
      to: toTime.toISOString(),
      fromPosition: method.position(from),
      toPosition: method.position(to),
      backupIds: baseIds,
      endsBecause,
    })),
    gaps: gaps.map(({ timeline, from, to, fromTime, toTime, because }) => ({
      timeline,
      from: fromTime?.toISOString() ?? null,
      to: toTime?.toISOString() ?? null,
      fromPosition: method.position(from),
      toPosition: method.position(to),
      because: because ?? 'This part of the log is stored nowhere.',
    })),
  }
}

function showStream(row: LogStreamModel): RecoveryWindows['streaming'] {
  return {
    state: z.enum(logStreamStates).parse(row.state),
    slot: row.slot,
    timeline: row.timeline,
    serverPosition: row.serverPosition,
    storedPosition: row.storedPosition,
    lagBytes: row.lagBytes === null ? null : Number(row.lagBytes),
    kept: showKept(parseOrNull(keptLogSchema, row.kept)),
    error: parseOrNull(failureSchema, row.error),
    retryAt: row.retryAt?.toISOString() ?? null,
  }
}

function showKept(kept: KeptLog | null): KeptOnServer | null {
  if (!kept) return null
  const { at, bytes, limitBytes, spareBytes, state, reader } = kept
  return { at, bytes, limitBytes, spareBytes, state, isRead: reader !== null }
}
