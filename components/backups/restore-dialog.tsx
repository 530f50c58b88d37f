'use client'

import { useState } from 'react'
import { useRouter } from 'next/navigation'
import { useQuery } from '@tanstack/react-query'
import type { Backup } from '@/lib/contracts/backup'
import { startRestoreSchema } from '@/lib/contracts/restore'
import type { Started } from '@/lib/contracts/job'
import type { Source } from '@/lib/contracts/source'
import { Callout } from '@/components/ui/callout'
import { Dialog, DialogSubmit } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Form } from '@/components/ui/form'
import { Select, Textarea } from '@/components/ui/input'
import { TextField } from '@/components/ui/text-field'
import { api } from '@/lib/client/api'
import { parseSelection, type TableSelection } from '@/lib/core/restore/parse-selection'
import { restoreGrantsQuery } from '@/lib/client/queries/restore-grants'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { restoreTargets } from '@/lib/client/restore-targets'
import { useCheckedForm } from '@/lib/client/hooks/use-checked-form'

/** Restores into a database that does not exist yet: nothing that is there is written to. */
export function RestoreDialog({
  open,
  onOpenChange,
  backup,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
  backup: Backup
}) {
  const router = useRouter()
  const sources = useQuery(sourcesQuery())
  const grants = useQuery(restoreGrantsQuery(backup.sourceId))
  const targets = restoreTargets(backup, sources.data?.items ?? [], grants.data?.items ?? [])
  const [chosenId, setSourceId] = useState<string | null>(null)
  const target = targets.find((source) => source.id === chosenId) ?? targets[0]
  const sourceId = target?.id ?? backup.sourceId
  const [database, setDatabase] = useState('')
  const [owners, setOwners] = useState<'keep' | 'drop'>('keep')
  const [only, setOnly] = useState('')
  const start = useCheckedForm({
    schema: startRestoreSchema,
    run: (body) => api<Started>('/admin/restores', { method: 'POST', body }),
    done: 'The restore is under way',
    onDone: () => router.push('/admin/restores'),
  })
  const { errors } = start

  function submit() {
    const { error, ...selection } = readSelection(only)
    const asked = { sourceId, database, owners, ...selection }
    start.submit({ backupId: backup.id, target: asked }, error ? { 'target.only': error } : {})
  }

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Restore into a new database"
      description="An existing database is never written to: the name must be free on the server."
    >
      <Form onSubmit={submit} error={start.error}>
        {sources.data && grants.data && !target ? (
          <Callout tone="warn" title="There is no server it may be restored to">
            {backup.catalog
              ? 'This is Holdfast’s own catalog: it is never restored to the server that holds it. '
              : 'Its own source was deleted. '}
            An administrator allows another source’s server on the source’s page, under “Where its backups may be
            restored”.
          </Callout>
        ) : (
          <RestoredCodeNote target={target} />
        )}
        <Field
          label="Server"
          hint="The server and the role of this source are used. An administrator adds others on the source’s page, under “Where its backups may be restored”."
          error={errors['target.sourceId']}
        >
          {(control) => (
            <Select {...control} value={sourceId} onChange={(event) => setSourceId(event.target.value)}>
              {targets.map((source) => (
                <option key={source.id} value={source.id}>
                  {source.name} ({source.connection.host}:{source.connection.port})
                </option>
              ))}
            </Select>
          )}
        </Field>
        <TextField
          label="New database"
          placeholder="shop_restored"
          error={errors['target.database']}
          value={database}
          onChange={setDatabase}
        />
        <Field
          label="Owners and grants"
          hint={
            owners === 'keep' ? 'The roles must exist on the server.' : 'Everything belongs to the connecting user.'
          }
        >
          {(control) => (
            <Select
              {...control}
              value={owners}
              onChange={(event) => setOwners(event.target.value === 'drop' ? 'drop' : 'keep')}
            >
              <option value="keep">As in the backup</option>
              <option value="drop">Leave out</option>
            </Select>
          )}
        </Field>
        <Field
          label="Only these tables"
          hint="Empty: everything. Else schema.table or schema.*, one a line; the tables come with their indexes and what they need."
          error={errors['target.only']}
        >
          {(control) => (
            <Textarea
              {...control}
              rows={2}
              value={only}
              placeholder="public.orders"
              onChange={(event) => setOnly(event.target.value)}
            />
          )}
        </Field>
        <DialogSubmit onClose={() => onOpenChange(false)} pending={start.isPending} disabled={!target}>
          Start the restore
        </DialogSubmit>
      </Form>
    </Dialog>
  )
}

/** What is in a backup runs where it is restored: that is said before, not found out. */
function RestoredCodeNote({ target }: { target: Source | undefined }) {
  if (target?.inspection?.superuser) {
    return (
      <Callout tone="warn" title="Restoring runs the backup’s code as superuser">
        {target.name} is reached as {target.connection.user}, a superuser: functions, constraints and indexes of the
        backup may do anything on that server. A role with CREATEDB is enough for a restore.
      </Callout>
    )
  }
  return (
    <p className="text-[0.8125rem] text-ink-2">
      Restoring runs the backup’s code (functions, constraints, indexes) with the role{' '}
      {target ? target.connection.user : 'of the target'}. Restore only what you trust with it.
    </p>
  )
}

function readSelection(text: string): { only?: TableSelection; error?: string } {
  try {
    const only = parseSelection(text)
    return only.tables.length + only.schemas.length > 0 ? { only } : {}
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
