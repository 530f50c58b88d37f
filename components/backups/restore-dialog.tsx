'use client'

import { useState } from 'react'
import { useRouter } from 'next/navigation'
import { useQuery } from '@tanstack/react-query'
import { startRestoreSchema, type Backup } from '@/lib/contracts/backup'
import type { Started } from '@/lib/contracts/job'
import { Dialog, DialogSubmit } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Form } from '@/components/ui/form'
import { Select, Textarea } from '@/components/ui/input'
import { TextField } from '@/components/ui/text-field'
import { api } from '@/lib/client/api'
import { parseSelection, type TableSelection } from '@/lib/core/restore/parse-selection'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { useForm } from '@/lib/client/use-form'

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
  const start = useForm({
    schema: startRestoreSchema,
    run: (body) => api<Started>('/admin/restores', { method: 'POST', body }),
    done: 'The restore is under way',
    onDone: () => router.push('/admin/restores'),
  })
  const { errors } = start

  function submit() {
    const { error, ...selection } = readSelection(only)
    const target = { sourceId, database, owners, ...selection }
    start.submit({ backupId: backup.id, target }, error ? { 'target.only': error } : {})
  }

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Restore into a new database"
      description="An existing database is never written to: the name must be free on the server."
    >
      <Form onSubmit={submit} error={start.error}>
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
        <DialogSubmit onClose={() => onOpenChange(false)} pending={start.isPending}>
          Start the restore
        </DialogSubmit>
      </Form>
    </Dialog>
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
