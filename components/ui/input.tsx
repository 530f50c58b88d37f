import type { ComponentProps } from 'react'
import { ChevronDown } from 'lucide-react'
import { cn } from '@/lib/client/cn'

const control =
  'w-full rounded-md border border-line-strong/70 bg-surface px-2.5 text-ink placeholder:text-ink-3/80 disabled:cursor-not-allowed disabled:bg-muted disabled:text-ink-3 aria-invalid:border-bad max-sm:text-base'

export function Input({ className, ...props }: ComponentProps<'input'>) {
  return <input className={cn(control, 'h-9', className)} {...props} />
}

export function Textarea({ className, ...props }: ComponentProps<'textarea'>) {
  return <textarea className={cn(control, 'min-h-20 py-2', className)} {...props} />
}

/** The browser's own select: right on a phone, with a keyboard and with a screen reader. */
export function Select({ className, children, ...props }: ComponentProps<'select'>) {
  return (
    <span className={cn('relative block', className)}>
      <select className={cn(control, 'h-9 appearance-none truncate pr-8')} {...props}>
        {children}
      </select>
      <ChevronDown className="pointer-events-none absolute top-2.5 right-2.5 size-4 text-ink-3" aria-hidden />
    </span>
  )
}
