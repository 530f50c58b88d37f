'use client'

import type { Recovery } from '@/lib/contracts/recovery/recoveries'
import { DurationCell } from '@/components/cells/duration-cell'
import { TimeCell } from '@/components/cells/time-cell'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Facts } from '@/components/ui/facts'
import { formatPrecise } from '@/lib/client/format/time'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { stepsOf, targetWords } from '@/lib/client/words/recovery-words'
import { PlanFacts } from './plan-facts'
import { RecoveryState } from './recovery-state'

/** What was asked for, what was planned, and what came of it. */
export function RecoveryFacts({ recovery }: { recovery: Recovery }) {
  const zone = useViewerTimeZone()
  const { plan, notes, steps } = recovery
  const taken = stepsOf(steps)
  return (
    <div className="grid gap-5 lg:grid-cols-2">
      <Card aria-labelledby="recovery-title">
        <CardHeader id="recovery-title" title="Recovery" />
        <CardBody>
          <Facts
            items={[
              { name: 'State', value: <RecoveryState state={recovery.state} means /> },
              { name: 'Asked for', value: targetWords(recovery.target, zone) },
              { name: 'Reached', value: <Reached recovery={recovery} zone={zone} /> },
              ...(recovery.place === null ? [] : [{ name: 'Into', value: recovery.place }]),
              { name: 'Started', value: <TimeCell at={recovery.startedAt} form="exact" /> },
              { name: 'Ended', value: <TimeCell at={recovery.finishedAt} none="not yet" form="exact" /> },
            ]}
          />
        </CardBody>
      </Card>
      <Card aria-labelledby="plan-title">
        <CardHeader id="plan-title" title="Plan" />
        <CardBody className="space-y-4 text-[0.8125rem]">
          {plan ? <PlanFacts plan={plan} /> : <p className="text-ink-3">The log is searched for the point first.</p>}
          {taken.length > 0 && (
            <section aria-labelledby="steps-title">
              <h3 id="steps-title" className="mb-1.5 font-semibold">
                Steps
              </h3>
              <Facts items={taken.map(({ name, ms }) => ({ name, value: <DurationCell ms={ms} /> }))} />
            </section>
          )}
          {notes.length > 0 && (
            <section aria-labelledby="notes-title">
              <h3 id="notes-title" className="mb-1.5 font-semibold">
                Good to know
              </h3>
              <ul className="list-disc space-y-1 pl-4 break-words">
                {notes.map((note) => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            </section>
          )}
        </CardBody>
      </Card>
    </div>
  )
}

function Reached({ recovery: { reached, state }, zone }: { recovery: Recovery; zone: string }) {
  if (!reached) return <span className="text-ink-3">{state === 'failed' ? 'nothing' : 'not yet'}</span>
  const { position, timeline, time, xid } = reached
  return (
    <span className="tabular" data-reached={position}>
      <span className="block">
        position {position}, timeline {timeline}
      </span>
      <span className="block">
        {time ? `last commit ${formatPrecise(new Date(time), zone)}` : 'no commit after the base backup'}
      </span>
      {xid !== null && <span className="block">transaction {xid}</span>}
    </span>
  )
}
