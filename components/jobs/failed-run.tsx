'use client'

import { RotateCw } from 'lucide-react'
import type { Backup } from '@/lib/contracts/backup'
import type { Started } from '@/lib/contracts/job'
import { tellFailure } from '@/lib/core/tell-failure'
import { RoleLink } from '@/components/shell/role-link'
import { useMay } from '@/components/shell/viewer'
import { Button } from '@/components/ui/button'
import { api } from '@/lib/client/api'
import { isRunAgain } from '@/lib/client/backup-facts'
import { cn } from '@/lib/client/cn'
import { useAction } from '@/lib/client/hooks/use-action'
import { stateWords } from '@/lib/client/words/words'

/** A newest run that did not succeed, with what can be done about it right here. Nothing for a run that is good or goes on. */
export function FailedRun({ backup, className }: { backup: Backup | null; className?: string }) {
  if (!backup || !isRunAgain(backup)) return null
  return (
    <div className={cn('mt-1.5 space-y-1.5', className)}>
      <p
        className="line-clamp-2 text-xs break-words text-bad"
        title={backup.error ? tellFailure(backup.error) : undefined}
      >
        The newest run: {stateWords[backup.status].label.toLowerCase()}
        {backup.error && `. ${tellFailure(backup.error)}`}
      </p>
      <FailedRunActions backup={backup} />
    </div>
  )
}

/** Runs a backup again into the same destinations, and leads to its source's connection; for those who may. */
export function FailedRunActions({ backup }: { backup: Backup }) {
  const { may: mayRun } = useMay('operator')
  const { may: mayChange } = useMay('admin')
  const destinationIds = backup.copies.map((copy) => copy.destinationId)
  const again = useAction({
    run: () =>
      api<Started>('/admin/backups', {
        method: 'POST',
        body: { sourceId: backup.sourceId, ...(destinationIds.length > 0 ? { destinationIds } : {}) },
      }),
    done: `The backup of ${backup.sourceName} runs again`,
  })
  if (!mayRun) return null
  return (
    <div className="flex flex-wrap gap-2">
      <Button
        variant="secondary"
        size="sm"
        pending={again.isPending}
        aria-label={`Run the backup of ${backup.sourceName} again`}
        onClick={() => again.mutate(undefined)}
      >
        <RotateCw aria-hidden /> Run again
      </Button>
      {mayChange && (
        <RoleLink needs="admin" href={`/admin/sources/${backup.sourceId}/edit`} variant="secondary" size="sm">
          Change the connection
        </RoleLink>
      )}
    </div>
  )
}
