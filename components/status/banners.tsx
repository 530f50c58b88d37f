'use client'

import Link from 'next/link'
import type { Status } from '@/lib/contracts/status'
import { TimeCell } from '@/components/cells/time-cell'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { RecoveryKitBanner } from './recovery-kit-banner'
import { retentionPause } from './verdict'

/** What cannot wait: nobody works, old backups may be all that is left, or nobody could restore without this machine. */
export function Banners({ status }: { status: Status }) {
  const pause = retentionPause(status.reasons)
  return (
    <>
      {!status.worker.alive && (
        <Callout tone="bad" role="alert" title="No worker is running: nothing is being backed up">
          {status.worker.lastSeenAt ? (
            <p>
              Last seen <TimeCell at={status.worker.lastSeenAt} form="inline" />. Start Holdfast again, or look at the
              log of the worker.
            </p>
          ) : (
            <p>Start Holdfast with its worker, or look at the log of the worker.</p>
          )}
        </Callout>
      )}
      {pause && (
        <Callout
          tone="warn"
          title={pause.title}
          actions={
            <Button variant="secondary" size="sm" asChild>
              <Link href={pause.href}>Look at it</Link>
            </Button>
          }
        >
          {pause.body}
        </Callout>
      )}
      <RecoveryKitBanner />
    </>
  )
}
