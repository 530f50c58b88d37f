import { silentWorkers, type WorkerSilence } from '@/lib/core/health/silent-workers'
import { stamp } from '@/lib/core/health/words'
import type { ServiceContext } from '../context'
import { updateIncidents, type Found } from './update-incidents'

/** Rows of workers that ended long ago say nothing. */
const newestRows = 100

/**
 * Reports workers that fell silent. Workers call it for one another, and the web process calls it for the last one, since a
 * dead worker cannot report itself. `waitingSince`: from when on a worker could be expected, such as the caller's own
 * start.
 */
export async function watchWorkers(args: {
  ctx: Pick<ServiceContext, 'db'>
  now: Date
  waitingSince: Date
}): Promise<WorkerSilence> {
  const { db } = args.ctx
  const { now } = args
  const workers = await db.worker.findMany({
    orderBy: { heartbeatAt: 'desc' },
    take: newestRows,
    select: { id: true, host: true, startedAt: true, heartbeatAt: true, stoppedAt: true },
  })
  const silence = silentWorkers(workers, now, args.waitingSince)
  const found: Found[] = silence.silent.map((worker) => ({
    subjectId: worker.id,
    sourceId: null,
    finding: {
      event: 'worker-silent',
      severity: 'warning',
      title: `The worker on ${worker.host} is silent`,
      body: `It was last heard of at ${stamp(worker.lastSeenAt)}. Other workers go on with its work.`,
      facts: { workerId: worker.id, host: worker.host },
    },
  }))
  if (silence.none) {
    const last = silence.lastSeenAt ? `The last one was heard of at ${stamp(silence.lastSeenAt)}. ` : ''
    found.push({
      subjectId: 'all',
      sourceId: null,
      finding: {
        event: 'worker-silent',
        severity: 'critical',
        title: 'No worker is running',
        body: `${last}Nothing is backed up, tested or deleted until one starts.`,
        facts: {},
      },
    })
  }
  // While nobody lives nobody recovers: what is open stays open until a worker is seen again.
  const unknown = silence.alive === 0 ? ['all', ...workers.map((worker) => worker.id)] : []
  await updateIncidents(db, { events: ['worker-silent'], found, unknown, now })
  return silence
}
