'use client'

import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { Check } from 'lucide-react'
import type { Role } from '@/lib/contracts/common'
import type { Status } from '@/lib/contracts/status'
import { useMay } from '@/components/shell/viewer'
import { WithheldLink } from '@/components/shell/withheld-link'
import { Card, CardHeader } from '@/components/ui/card'
import { cn } from '@/lib/client/cn'
import { destinationsQuery } from '@/lib/client/queries/destinations'
import { schedulesQuery } from '@/lib/client/queries/schedules'

interface Step {
  name: string
  note: string
  href: string
  /** Of a page that only some may use. */
  needs?: Role
  done: boolean
}

/** Leads through the first backup and its proof; gone once there is a proven one. */
export function FirstSteps({ status }: { status: Status }) {
  const destinations = useQuery(destinationsQuery())
  const schedules = useQuery(schedulesQuery())
  if (status.totals.own.provenSources > 0 || !destinations.data || !schedules.data) return null
  const first = status.sources.find((source) => !source.isCatalog)
  const steps: Step[] = [
    {
      name: 'Add a source',
      note: 'The database or folder to protect',
      href: '/admin/sources/new',
      needs: 'admin',
      done: status.totals.own.sources > 0,
    },
    {
      name: 'Add a destination',
      note: 'A folder or an S3 bucket',
      href: '/admin/destinations/new',
      needs: 'admin',
      done: destinations.data.items.length > 0,
    },
    {
      name: 'Set a schedule',
      note: 'When, and what is kept',
      href: '/admin/schedules/new',
      needs: 'admin',
      done: schedules.data.items.some((schedule) => schedule.sourceId !== status.catalog?.sourceId),
    },
    {
      name: 'Take the first backup',
      note: 'Now, without waiting',
      href: first ? `/admin/sources/${first.sourceId}` : '/admin/backups',
      done: status.totals.own.protectedSources > 0,
    },
    {
      name: 'Prove it',
      note: 'Restore it in a sandbox',
      href: first ? `/admin/sources/${first.sourceId}` : '/admin/backups',
      done: false,
    },
  ]
  const current = steps.findIndex((step) => !step.done)
  return (
    <Card aria-labelledby="steps-title">
      <CardHeader id="steps-title" title="From nothing to proven" note="Five steps; what is done is ticked" />
      <ol className="grid gap-2 px-4 pt-1 pb-4 sm:grid-cols-5 sm:px-5">
        {steps.map((step, index) => (
          <li key={step.name}>
            <StepLink step={step} number={index + 1} current={index === current} />
          </li>
        ))}
      </ol>
    </Card>
  )
}

function StepLink({ step, number, current }: { step: Step; number: number; current: boolean }) {
  const { may, reason } = useMay(step.needs ?? 'viewer')
  const look = cn(
    'flex h-full items-start gap-2.5 rounded-md border p-3',
    current ? 'border-accent bg-accent-soft' : 'border-line',
  )
  const face = (
    <>
      <span
        className={cn(
          'flex size-5 shrink-0 items-center justify-center rounded-full text-xs font-semibold',
          step.done ? 'bg-info-soft text-info' : current ? 'bg-accent text-on-accent' : 'bg-muted text-ink-3',
        )}
      >
        {step.done ? <Check className="size-3.5" aria-label="done" /> : number}
      </span>
      <span className="min-w-0">
        <span className="block font-medium">{step.name}</span>
        <span className="block text-xs text-ink-3">{step.note}</span>
      </span>
    </>
  )
  const position = current ? 'step' : undefined
  if (!may)
    return (
      <WithheldLink aria-current={position} title={reason} className={look}>
        {face}
      </WithheldLink>
    )
  return (
    <Link href={step.href} aria-current={position} className={cn(look, 'hover:bg-muted')}>
      {face}
    </Link>
  )
}
