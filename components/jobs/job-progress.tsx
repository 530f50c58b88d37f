'use client'

import type { Job } from '@/lib/contracts/job'
import { tellFailure } from '@/lib/core/tell-failure'
import { StateBadge } from '@/components/cells/state-badge'
import { ProgressBar } from '@/components/ui/progress-bar'
import { formatBytes } from '@/lib/client/format/bytes'
import { formatDuration } from '@/lib/client/format/duration'
import { formatAbsolute } from '@/lib/client/format/time'
import { useJob } from '@/lib/client/hooks/use-job'
import { useNow } from '@/lib/client/hooks/use-now'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { isActive, jobKindWords } from '@/lib/client/words/words'
import { CancelJobButton } from './cancel-job-button'

/** A job as it goes: phase, bytes, rate, estimate, and a way to stop it. */
export function JobProgress({ job: initial, subject }: { job: Job; subject?: string | undefined }) {
  const job = useJob(initial)
  const now = useNow()
  const zone = useViewerTimeZone()
  const { progress } = job
  const name = subject ? `${jobKindWords[job.kind]} of ${subject}` : jobKindWords[job.kind]
  const share = progress?.totalBytes ? progress.doneBytes / progress.totalBytes : null
  const since = job.startedAt ? Math.max(0, now - Date.parse(job.startedAt)) : null
  const facts = [
    progress
      ? progress.totalBytes
        ? `${formatBytes(progress.doneBytes)} of ${formatBytes(progress.totalBytes)}`
        : formatBytes(progress.doneBytes)
      : null,
    progress?.ratePerSecondBytes ? `${formatBytes(progress.ratePerSecondBytes)}/s` : null,
    progress?.etaMs !== undefined && isActive(job.state) ? `about ${formatDuration(progress.etaMs)} left` : null,
    since !== null && job.state === 'running' ? `for ${formatDuration(since)}` : null,
    job.attempt > 1 ? `attempt ${job.attempt} of ${job.maxAttempts}` : null,
  ].filter((fact) => fact !== null)
  return (
    <div className="min-w-0 space-y-2" data-job={job.id} data-state={job.state}>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <div className="flex min-w-0 flex-wrap items-center gap-2">
          <span className="font-medium break-words">{name}</span>
          <StateBadge state={job.state} />
        </div>
        {isActive(job.state) && <CancelJobButton job={job} name={name} />}
      </div>
      {isActive(job.state) && <ProgressBar value={job.state === 'queued' ? 0 : share} label={name} />}
      <p className="tabular flex flex-wrap gap-x-3 text-xs text-ink-3">
        <span className="text-ink-2">
          {job.state === 'queued' ? (job.waitReason ?? 'waits for a worker') : (progress?.phase ?? 'starting')}
        </span>
        {job.state === 'queued' && job.startAfter && (
          <span>not before {formatAbsolute(new Date(job.startAfter), zone)}</span>
        )}
        {facts.map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
      </p>
      {job.error && !isActive(job.state) && (
        <p className="text-[0.8125rem] break-words text-bad">{tellFailure(job.error)}</p>
      )}
    </div>
  )
}
