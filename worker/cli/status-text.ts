import type { Job } from '@/lib/contracts/job'
import type { Status } from '@/lib/contracts/status'
import { bytes, duration, table, time } from './print'

/** What `status` prints: one line of the whole, the sources, why it is not better. */
export function statusText(state: Status): string {
  return [...summary(state), sourceTable(state), ...reasonLines(state, state.reasons.length)].join('\n')
}

/** What `status --watch` draws: the same with what runs now, no more lines than there is room for. */
export function dashboardText(state: Status, rows: number): string {
  const jobs = state.running.filter((job) => job.state === 'running')
  const waiting = state.running.length - jobs.length
  const head = [`Holdfast at ${time(state.checkedAt)}`, ...summary(state), workerLine(state), '']
  const running =
    jobs.length > 0
      ? table(['running', 'source', 'phase', 'done', 'rate', 'left'], jobs.map(jobRow(state)))
      : 'Nothing runs.'
  const tail = ['', ...running.split('\n'), ...(waiting > 0 ? [`${waiting} waiting`] : [])]
  // What runs and the first reasons are seen whatever the number of sources.
  const room = Math.max(4, rows - head.length - tail.length - 1)
  const reasons = reasonLines(state, Math.min(state.reasons.length, Math.max(2, Math.floor(room / 3))))
  const sources = sourceTable(state).split('\n')
  const shown = Math.max(2, room - reasons.length)
  const hidden = sources.length - shown
  return [...head, ...sources.slice(0, shown), ...(hidden > 0 ? [`and ${hidden} more`] : []), ...reasons, ...tail].join(
    '\n',
  )
}

function summary(state: Status): string[] {
  const line = `${state.health}: ${state.headline.text}. ${bytes(state.totals.storedBytes)} stored`
  return [line, ...(state.catalog ? [state.catalog.words] : [])]
}

function workerLine({ worker }: Status): string {
  if (worker.alive) return worker.count === 1 ? '1 worker' : `${worker.count} workers`
  return worker.lastSeenAt ? `no worker since ${time(worker.lastSeenAt)}` : 'no worker was ever seen'
}

function sourceTable(state: Status): string {
  const rows = state.sources.map((source) => [
    source.sourceName,
    source.health,
    source.proof.words,
    source.provenExposureMs === null ? 'everything' : duration(source.provenExposureMs),
    duration(source.exposureMs),
    time(source.nextBackupAt),
  ])
  return table(['source', 'health', 'proven', 'exposure', 'if the newest restores', 'next'], rows)
}

function reasonLines(state: Status, count: number): string[] {
  const left = state.reasons.length - count
  return [
    ...state.reasons.slice(0, count).map((reason) => `- ${reason.message}`),
    ...(left > 0 ? [`  and ${left} more ${left === 1 ? 'reason' : 'reasons'}`] : []),
  ]
}

const jobRow =
  (state: Status) =>
  (job: Job): string[] => {
    const source = state.sources.find((each) => each.sourceId === job.sourceId)
    const { phase, doneBytes, totalBytes, ratePerSecondBytes, etaMs } = job.progress ?? {}
    const share =
      doneBytes !== undefined && totalBytes ? ` (${Math.min(100, Math.floor((doneBytes / totalBytes) * 100))} %)` : ''
    return [
      job.kind,
      source?.sourceName ?? '-',
      phase ?? 'starting',
      doneBytes === undefined ? '-' : `${bytes(doneBytes)}${share}`,
      ratePerSecondBytes === undefined ? '-' : `${bytes(Math.round(ratePerSecondBytes))}/s`,
      duration(etaMs),
    ]
  }
