'use client'

import { useRouter } from 'next/navigation'
import { useQuery } from '@tanstack/react-query'
import { useWatch } from 'react-hook-form'
import type { Backup } from '@/lib/contracts/backup'
import { startRestoreSchema } from '@/lib/contracts/restore'
import type { Started } from '@/lib/contracts/job'
import type { Source } from '@/lib/contracts/source'
import type { RestoreScreen } from '@/components/engines/engine-screen'
import { atServer, engineScreen } from '@/components/engines/index'
import { fieldsOf } from '@/components/form/fields-of'
import { Form } from '@/components/form/form'
import { Button } from '@/components/ui/button'
import { Dialog, DialogActions, DialogSubmit } from '@/components/ui/dialog'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { api } from '@/lib/client/api'
import { useForm } from '@/lib/client/hooks/use-form'
import { restoreGrantsQuery } from '@/lib/client/queries/restore-grants'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { restoreTargets } from '@/lib/client/restore-targets'
import { NoTarget } from './no-target'

interface RestoreDialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  backup: Backup
}

/** Restores beside what exists: nothing that is there is written to. */
export function RestoreDialog({ open, onOpenChange, backup }: RestoreDialogProps) {
  const sources = useQuery(sourcesQuery())
  const grants = useQuery(restoreGrantsQuery(backup.sourceId))
  const { restore } = engineScreen(backup.engine)
  const known = sources.data && grants.data
  const [first, ...others] = known
    ? restoreTargets(backup, sources.data?.items ?? [], grants.data?.items ?? []).filter(
        ({ engine }) => engine === backup.engine,
      )
    : []
  const close = () => onOpenChange(false)
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={restore.title} description={restore.description}>
      {first ? (
        <TargetForm backup={backup} targets={[first, ...others]} restore={restore} onClose={close} />
      ) : (
        <div className="space-y-4">
          {known ? <NoTarget catalog={backup.catalog} /> : <Waiting error={sources.error ?? grants.error} />}
          <DialogActions>
            <Button variant="secondary" onClick={close}>
              Close
            </Button>
          </DialogActions>
        </div>
      )}
    </Dialog>
  )
}

const Waiting = ({ error }: { error: Error | null }) =>
  error ? <ProblemNote error={error} /> : <SkeletonRows rows={4} />

interface TargetValues {
  /** The engine has fields of its own beside it. */
  target: { sourceId: string }
}
const Enter = fieldsOf<TargetValues>()

interface TargetFormProps {
  backup: Backup
  targets: [Source, ...Source[]]
  restore: RestoreScreen
  onClose: () => void
}

function TargetForm({ backup, targets, restore, onClose }: TargetFormProps) {
  const router = useRouter()
  const [first] = targets
  const form = useForm({
    schema: startRestoreSchema,
    initial: { target: { ...restore.empty, sourceId: first.id } },
    inputOf: ({ target }: TargetValues) => ({
      backupId: backup.id,
      target: { sourceId: target.sourceId, ...restore.targetOf(target) },
    }),
    more: ({ target }) => restore.wrongOf?.(target) ?? {},
    run: (body) => api<Started>('/admin/restores', { method: 'POST', body }),
    done: 'The restore is under way',
    onDone: () => router.push('/admin/restores'),
  })
  const sourceId = useWatch({ control: form.fields.control, name: 'target.sourceId' })
  const { Fields, Note } = restore
  return (
    <Form form={form}>
      <Note target={targets.find(({ id }) => id === sourceId) ?? first} />
      <Enter.Select
        name="target.sourceId"
        label="Server"
        hint="The server and the role of this source are used. An administrator adds others on the source’s page, under “Where its backups may be restored”."
        choices={targets.map((source) => ({
          value: source.id,
          label: `${source.name} (${atServer(engineScreen(source.engine).where(source))})`,
        }))}
      />
      <Fields />
      <DialogSubmit onClose={onClose} pending={form.action.isPending}>
        Start the restore
      </DialogSubmit>
    </Form>
  )
}
