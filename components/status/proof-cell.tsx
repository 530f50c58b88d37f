'use client'

import Link from 'next/link'
import { CircleAlert, CircleDashed, ShieldCheck, ShieldX } from 'lucide-react'
import type { SourceStatus } from '@/lib/contracts/status'
import { proofWords } from '@/lib/core/health/proof'
import { cn } from '@/lib/client/cn'
import { formatPoint } from '@/lib/client/format/time'
import { proofFactsOf, proofTone } from '@/lib/client/proof'
import { useNow } from '@/lib/client/hooks/use-now'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'

const looks = {
  proven: { Icon: ShieldCheck, ink: 'text-proven' },
  info: { Icon: ShieldCheck, ink: 'text-info' },
  neutral: { Icon: CircleDashed, ink: 'text-ink-3' },
  warn: { Icon: CircleAlert, ink: 'text-warn' },
  bad: { Icon: ShieldX, ink: 'text-bad' },
  running: { Icon: CircleDashed, ink: 'text-ink-3' },
} as const

/** How far a source is proven and what came after, in the one sentence that is used everywhere. */
export function ProofCell({ source }: { source: Pick<SourceStatus, 'proof'> }) {
  const now = useNow()
  const zone = useViewerTimeZone()
  const facts = proofFactsOf(source)
  const { Icon, ink } = looks[proofTone(facts)]
  const { newestProven } = source.proof
  const words = proofWords(facts, (at) => formatPoint(at, now, zone))
  return (
    <span className="flex gap-1.5" data-proof>
      <Icon className={cn('mt-0.5 size-4 shrink-0', ink)} aria-hidden />
      {newestProven ? (
        <Link href={`/admin/backups/${newestProven.backupId}`} className="underline-offset-4 hover:underline">
          {words}
        </Link>
      ) : (
        <span>{words}</span>
      )}
    </span>
  )
}
