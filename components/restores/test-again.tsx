'use client'

import { RotateCw } from 'lucide-react'
import type { RestoreTest } from '@/lib/contracts/backup'
import type { Started } from '@/lib/contracts/job'
import { useMay } from '@/components/shell/viewer'
import { Button } from '@/components/ui/button'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'

/** Runs a restore test that did not pass again, at the same level; for those who may. */
export function TestAgain({ test }: { test: RestoreTest }) {
  const { may } = useMay('operator')
  const again = useAction({
    run: () =>
      api<Started>('/admin/backups/test', { method: 'POST', body: { backupId: test.backupId, level: test.level } }),
    done: 'The restore test runs again',
  })
  if (!may || test.finishedAt === null || test.verdict === 'passed') return null
  return (
    <Button
      variant="secondary"
      size="sm"
      pending={again.isPending}
      aria-label={`Run the restore test of ${test.sourceName} again`}
      onClick={() => again.mutate(undefined)}
    >
      <RotateCw aria-hidden /> Run again
    </Button>
  )
}
