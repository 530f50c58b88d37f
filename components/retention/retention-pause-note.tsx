'use client'

import Link from 'next/link'
import type { Source } from '@/lib/contracts/source'
import { TimeCell } from '@/components/cells/time-cell'
import { RoleButton } from '@/components/shell/role-button'
import { Callout } from '@/components/ui/callout'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'

/** Why nothing of a source is deleted, and the button for the person who has looked; nothing where it is not paused. */
export function RetentionPauseNote({ source }: { source: Source }) {
  const acknowledge = useAction({
    run: () => api<Source>(`/admin/sources/${source.id}/acknowledge-retention`, { method: 'POST' }),
    done: 'Retention goes on',
  })
  const pause = source.retentionPause
  if (!pause) return null
  return (
    <Callout
      tone="warn"
      title={`Retention of ${source.name} is paused`}
      actions={
        <RoleButton
          needs="operator"
          variant="secondary"
          size="sm"
          pending={acknowledge.isPending}
          onClick={() => acknowledge.mutate(undefined)}
        >
          The smaller backups are right
        </RoleButton>
      }
    >
      <p>
        {pause.reason} Nothing of it has been deleted since <TimeCell at={pause.since} form="inline" />.
      </p>
      <p>
        Look at{' '}
        <Link href={`/admin/backups/${pause.backupId}`} className="underline underline-offset-4">
          the backup
        </Link>{' '}
        and at the database. If data is missing there, restore it from an older backup first.
      </p>
    </Callout>
  )
}
