import type { ComponentProps, ReactNode } from 'react'
import { cn } from '@/lib/client/cn'

export function Card({ className, ...props }: ComponentProps<'section'>) {
  return (
    <section className={cn('min-w-0 rounded-lg border border-line bg-surface shadow-card', className)} {...props} />
  )
}

interface CardHeaderProps {
  title: ReactNode
  /** Id that the card's `aria-labelledby` names. */
  id?: string
  note?: ReactNode
  actions?: ReactNode
}

export function CardHeader({ title, id, note, actions }: CardHeaderProps) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 pt-3.5 pb-2 sm:px-5">
      <div className="min-w-0">
        <h2 id={id} className="text-[0.9375rem] font-semibold">
          {title}
        </h2>
        {note && <p className="mt-0.5 text-[0.8125rem] text-ink-3">{note}</p>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </div>
  )
}

export function CardBody({ className, ...props }: ComponentProps<'div'>) {
  return <div className={cn('px-4 pt-1 pb-4 sm:px-5', className)} {...props} />
}
