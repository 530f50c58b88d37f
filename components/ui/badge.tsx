import type { ReactNode } from 'react'
import type { Tone } from '@/lib/client/words/words'
import { cn } from '@/lib/client/cn'

const tones: Record<Tone, string> = {
  proven: 'bg-proven-soft text-proven',
  info: 'bg-info-soft text-info',
  neutral: 'bg-muted text-ink-2',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  running: 'bg-accent-soft text-accent',
}

interface BadgeProps {
  tone?: Tone
  icon?: ReactNode
  title?: string
  className?: string
  children: ReactNode
}

/** A short word with a colour; the word alone already says it. */
export function Badge({ tone = 'neutral', icon, title, className, children }: BadgeProps) {
  return (
    <span
      title={title}
      className={cn(
        'inline-flex h-[1.375rem] items-center gap-1 rounded-full px-2 text-xs font-medium whitespace-nowrap [&_svg]:size-3.5',
        tones[tone],
        className,
      )}
    >
      {icon}
      {children}
    </span>
  )
}
