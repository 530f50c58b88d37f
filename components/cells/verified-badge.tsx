'use client'

import { CircleDashed, ShieldCheck, ShieldX } from 'lucide-react'
import type { Verified } from '@/lib/contracts/backup'
import { Badge } from '@/components/ui/badge'
import { cn } from '@/lib/client/cn'
import { formatAbsolute, formatRelative } from '@/lib/client/format/time'
import { useNow } from '@/lib/client/hooks/use-now'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { verifiedWords } from '@/lib/client/words/words'

const icons = { proven: ShieldCheck, unproven: CircleDashed, broken: ShieldX } as const

/** Whether a restore has shown that this backup can be restored, and when. The only green there is. */
export function VerifiedBadge({
  verified,
  provenAt,
  withheld = [],
  narrow,
  bare,
}: {
  verified: Verified
  provenAt?: string | null
  /** What it lacks: then it is proven except for these. */
  withheld?: readonly string[]
  /** Without the time where there is little room. */
  narrow?: boolean
  /** Without the time, which is then told on hover alone. */
  bare?: boolean
}) {
  const now = useNow()
  const zone = useViewerTimeZone()
  const Icon = icons[verified]
  const { label, tone, means } = verifiedWords[verified]
  const except = verified === 'proven' && withheld.length > 0
  const meaning = except ? `${means}. Not in it: ${withheld.join(', ')}` : means
  const at = verified === 'proven' && provenAt ? new Date(provenAt) : null
  return (
    <Badge
      tone={except ? 'info' : tone}
      title={at ? `${meaning}: ${formatAbsolute(at, zone)}` : meaning}
      icon={<Icon aria-hidden />}
    >
      {except ? `${label}, except ${withheld.length}` : label}
      {at && !bare && (
        <span className={cn('font-normal opacity-80', narrow && 'max-xl:hidden')}>{formatRelative(at, now)}</span>
      )}
    </Badge>
  )
}
