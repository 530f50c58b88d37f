import { probeReportSchema, type ProbeReport } from '@/lib/contracts/destination'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import { parseOrNull } from '@/lib/db/catalog/parse-or-null'
import type { DestinationModel } from '@/lib/db/generated/models/Destination'
import type { Storage } from '@/lib/ports/storage'
import { briefRun } from '../brief-run'
import type { ServiceContext } from '../context'
import { destinationSpec } from '../destination/destination-spec'

/** Short, because a store that needs longer for one short listing fails backups as well. */
const listWithinMs = 20_000
const probeWithinMs = 60_000
const essential = new Set(['write', 'read', 'delete'])

/**
 * One check of a store: a short listing, and its free space where it reports it; nothing is written, and the report keeps
 * what the last full probe found out. Only after a probe that failed the store is probed in full again, since a listing
 * does not show that writing works. Rejects only on abort of `signal`.
 */
export async function lookAtDestination(
  ctx: Pick<ServiceContext, 'openStorage' | 'vault' | 'logger' | 'clock'>,
  row: DestinationModel,
  signal: AbortSignal,
): Promise<ProbeReport> {
  const before = parseOrNull(probeReportSchema, row.probe)
  const failedBefore = before?.failedInARow ?? (before && !before.ok ? 1 : 0)
  const failing = before?.checks.some((check) => essential.has(check.name) && check.result !== 'ok')
  const startedAt = performance.now()
  let report: ProbeReport
  try {
    const storage = ctx.openStorage(await destinationSpec(ctx, row))
    try {
      if (failing) report = await storage.probe(briefRun(ctx, probeWithinMs, signal))
      else {
        const run = briefRun(ctx, listWithinMs, signal)
        for await (const _first of storage.list('holdfast/probe/', run)) break
        const space = await storage.space?.(run)
        report = { ...withList(before, { result: 'ok' }), ...(space ? { space } : {}), ok: true, error: undefined }
      }
    } finally {
      await close(storage)
    }
  } catch (error) {
    signal.throwIfAborted()
    const failure = toFailure(inWords(error))
    report = { ...withList(before, { result: 'failed', detail: failure.message }), ok: false, error: failure }
  }
  const durationMs = performance.now() - startedAt
  return { ...report, durationMs, failedInARow: report.ok ? 0 : failedBefore + 1 }
}

function withList(
  before: ProbeReport | null,
  outcome: { result: 'ok' | 'failed'; detail?: string },
): Pick<ProbeReport, 'checks' | 'durationMs' | 'space'> {
  const others = (before?.checks ?? []).filter((check) => check.name !== 'list')
  return {
    checks: [...others, { name: 'list', ...outcome }],
    durationMs: 0,
    ...(before?.space ? { space: before.space } : {}),
  }
}

/** What was learned stands, whatever becomes of the sockets. */
async function close(storage: Storage): Promise<void> {
  await storage.close().catch(() => undefined)
}

/** Our own limit ends what takes too long; its error says nothing about a store. */
function inWords(error: unknown): unknown {
  if (!(error instanceof Error && error.name === 'TimeoutError')) return error
  return new HoldfastError('storage-unreachable', 'It did not answer in time.', {
    remedy: 'Check the network and the store.',
    transient: true,
  })
}
