import type { ReactNode } from 'react'
import { CircleAlert, CircleCheck, Info, OctagonAlert } from 'lucide-react'
import { cn } from '@/lib/client/cn'

const looks = {
  info: { box: 'border-info/25 bg-info-soft', mark: 'text-info', Icon: Info },
  warn: { box: 'border-warn/30 bg-warn-soft', mark: 'text-warn', Icon: CircleAlert },
  bad: { box: 'border-bad/30 bg-bad-soft', mark: 'text-bad', Icon: OctagonAlert },
  proven: { box: 'border-proven/30 bg-proven-soft', mark: 'text-proven', Icon: CircleCheck },
} as const

interface CalloutProps {
  tone: keyof typeof looks
  title: ReactNode
  children?: ReactNode
  actions?: ReactNode
  className?: string
  /** `alert` interrupts a screen reader; for what just went wrong. */
  role?: 'alert' | 'status'
}

export function Callout({ tone, title, children, actions, className, role }: CalloutProps) {
  const { box, mark, Icon } = looks[tone]
  return (
    <div
      role={role}
      className={cn('flex flex-wrap items-start gap-x-3 gap-y-2 rounded-lg border px-4 py-3', box, className)}
    >
      <Icon className={cn('mt-0.5 size-4 shrink-0', mark)} aria-hidden />
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-medium break-words">{title}</p>
        {children && <div className="mt-0.5 text-[0.8125rem] break-words text-ink-2">{children}</div>}
      </div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  )
}
