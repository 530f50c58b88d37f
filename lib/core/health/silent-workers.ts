/** A worker's row; `stoppedAt` is null while it runs, and after it died without notice. */
export interface WorkerFacts {
  id: string
  host: string
  startedAt: Date
  heartbeatAt: Date
  stoppedAt: Date | null
}

export interface WorkerSilence {
  alive: number
  /** The last sign of life of any worker; null when there never was one. */
  lastSeenAt: Date | null
  /** True when nothing runs, and has not for long enough. */
  none: boolean
  /** Workers that died while others live and that nobody replaced. */
  silent: { id: string; host: string; lastSeenAt: Date }[]
}

/** Workers say every five seconds that they live; a restart of one takes less than this. */
export const silentAfterMs = 90_000
/** A worker that died and was not replaced is reported for this long; after that its absence counts as normal. */
const forgottenAfterMs = 7 * 86_400_000

/**
 * Which workers are missed. One that was replaced (another started after its last sign of life) is not. `waitingSince`
 * is from when on a worker could be expected: an instance that has just started has none yet.
 */
export function silentWorkers(workers: WorkerFacts[], now: Date, waitingSince: Date): WorkerSilence {
  const age = (worker: WorkerFacts) => now.getTime() - worker.heartbeatAt.getTime()
  const running = workers.filter((worker) => worker.stoppedAt === null)
  const alive = running.filter((worker) => age(worker) < silentAfterMs)
  const lastSeen = Math.max(...workers.map((worker) => worker.heartbeatAt.getTime()))
  const lastSeenAt = Number.isFinite(lastSeen) ? new Date(lastSeen) : null
  const missedSince = Math.max(lastSeenAt?.getTime() ?? 0, waitingSince.getTime())
  const newestStart = Math.max(0, ...alive.map((worker) => worker.startedAt.getTime()))
  return {
    alive: alive.length,
    lastSeenAt,
    none: alive.length === 0 && now.getTime() - missedSince >= silentAfterMs,
    silent: running
      .filter((worker) => age(worker) >= silentAfterMs && age(worker) < forgottenAfterMs)
      .filter((worker) => worker.heartbeatAt.getTime() > newestStart && alive.length > 0)
      .map((worker) => ({ id: worker.id, host: worker.host, lastSeenAt: worker.heartbeatAt })),
  }
}
