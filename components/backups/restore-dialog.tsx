'use client'

import { useState, type FormEvent } from 'react'
import { useRouter } from 'next/navigation'
import { useQuery } from '@tanstack/react-query'
import { startRestoreSchema, type Backup } from '@/lib/contracts/backup'
import type { Started } from '@/lib/contracts/job'
import { Button } from '@/components/ui/button'
import { Dialog, DialogActions } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input, Select, Textarea } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { parseSelection, type TableSelection } from '@/lib/core/restore/parse-selection'
import { checkForm, fieldErrorsOf, type FieldErrors } from '@/lib/client/form-errors'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { useAction } from '@/lib/client/use-action'

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
  const [sourceId, setSourceId] = useState(backup.sourceId)
  const [database, setDatabase] = useState('')
  const [owners, setOwners] = useState<'keep' | 'drop'>('keep')
  const [only, setOnly] = useState('')
  const [wrong, setWrong] = useState<FieldErrors>({})
  const start = useAction({
    run: (body: unknown) => api<Started>('/admin/restores', { method: 'POST', body }),
    done: 'The restore is under way',
    errors: 'inline',
    onDone: () => router.push('/admin/restores'),
  })
  const errors = { ...fieldErrorsOf(start.error), ...wrong }

  function submit(event: FormEvent) {
    event.preventDefault()
    const selection = readSelection(only)
    if ('error' in selection) return setWrong({ 'target.only': selection.error })
    const target = { sourceId, database, owners, ...selection }
    const checked = checkForm(startRestoreSchema, { backupId: backup.id, target })
    setWrong(checked.ok ? {} : checked.errors)
    if (checked.ok) start.mutate(checked.value)
  }

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Restore into a new database"
      description="An existing database is never written to: the name must be free on the server."
    >
      <form noValidate onSubmit={submit} className="space-y-4">
        {start.error && <ProblemNote error={start.error} />}
        <Field
          label="Server"
          hint="The server and the credentials of this source are used."
          error={errors['target.sourceId']}
        >
          {(control) => (
            <Select {...control} value={sourceId} onChange={(event) => setSourceId(event.target.value)}>
              {sources.data?.items.map((source) => (
                <option key={source.id} value={source.id}>
                  {source.name} ({source.connection.host}:{source.connection.port})
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="New database" error={errors['target.database']}>
          {(control) => (
            <Input
              {...control}
              value={database}
              autoComplete="off"
              placeholder="shop_restored"
              onChange={(event) => setDatabase(event.target.value)}
            />
          )}
        </Field>
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
        <DialogActions>
          <Button variant="secondary" onClick={() => onOpenChange(false)}>
            Close
          </Button>
          <Button type="submit" pending={start.isPending}>
            Start the restore
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

function readSelection(text: string): { only?: TableSelection } | { error: string } {
  try {
    const only = parseSelection(text)
    return only.tables.length + only.schemas.length > 0 ? { only } : {}
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
