'use client'

import type { PolicyChange, PolicyPreview } from '@/lib/contracts/policy'
import { PlannedRuns } from '@/components/schedules/next-runs'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { Dialog, DialogActions } from '@/components/ui/dialog'
import { ProblemNote } from '@/components/ui/problem-note'
import type { Tone } from '@/lib/client/words/words'

const changeWords: Record<PolicyChange['change'], { label: string; tone: Tone }> = {
  added: { label: 'New', tone: 'info' },
  removed: { label: 'Schedule deleted', tone: 'bad' },
  changed: { label: 'Changed', tone: 'warn' },
  unchanged: { label: 'As before', tone: 'neutral' },
}

interface PolicyChangesDialogProps {
  preview: PolicyPreview | null
  timeZone: string
  pending: boolean
  error: unknown
  onClose: () => void
  onConfirm: () => void
}

/** What saving would change for each source. */
export function PolicyChangesDialog(props: PolicyChangesDialogProps) {
  const changes = props.preview?.changes ?? []
  const removed = changes.filter(({ change }) => change === 'removed')
  return (
    <Dialog open={props.preview !== null} onOpenChange={(open) => !open && props.onClose()} title="What changes" wide>
      {removed.length > 0 && (
        <Callout
          tone="bad"
          title={`${removed.map(({ sourceName }) => sourceName).join(', ')}: nothing starts by this policy any more`}
          className="mb-4"
        >
          Their schedules are deleted. Backups that exist stay.
        </Callout>
      )}
      {changes.length === 0 && <p>No source follows this policy yet; it is only stored.</p>}
      <ul className="divide-y divide-line">
        {changes.map((change) => (
          <ChangeItem key={change.sourceId} change={change} timeZone={props.timeZone} />
        ))}
      </ul>
      {props.error !== null && props.error !== undefined && (
        <div className="mt-4">
          <ProblemNote error={props.error} title="The policy was not saved" />
        </div>
      )}
      <DialogActions>
        <Button variant="secondary" onClick={props.onClose}>
          Back
        </Button>
        <Button variant={removed.length > 0 ? 'danger' : 'primary'} pending={props.pending} onClick={props.onConfirm}>
          {removed.length > 0 ? 'Save and delete these schedules' : 'Save the policy'}
        </Button>
      </DialogActions>
    </Dialog>
  )
}

function ChangeItem({ change, timeZone }: { change: PolicyChange; timeZone: string }) {
  const { label, tone } = changeWords[change.change]
  return (
    <li className="py-3">
      <div className="flex flex-wrap items-center gap-2">
        <span className="font-medium break-words">{change.sourceName}</span>
        <Badge tone={tone}>{label}</Badge>
        {change.after && !change.after.enabled && <Badge>off</Badge>}
      </div>
      {change.differences.map((words) => (
        <p key={words} className="mt-1 text-[0.8125rem] text-ink-2">
          {words}
        </p>
      ))}
      {change.besides.length > 0 && (
        <p className="mt-1 text-[0.8125rem] text-warn">
          It has other schedules that do the same, so it would be done twice: {change.besides.join('; ')}.
        </p>
      )}
      {change.after && change.change !== 'unchanged' && (
        <details className="mt-1">
          <summary className="text-xs text-accent">Next runs{change.before ? ', before and after' : ''}</summary>
          <div className="grid gap-3 sm:grid-cols-2">
            {change.before && (
              <div>
                <p className="mt-1 text-xs font-medium">Before</p>
                <PlannedRuns runs={change.before.runs} timeZone={change.before.timeZone} />
              </div>
            )}
            <div>
              <p className="mt-1 text-xs font-medium">After</p>
              <PlannedRuns runs={change.after.runs} timeZone={timeZone} />
            </div>
          </div>
        </details>
      )}
    </li>
  )
}
