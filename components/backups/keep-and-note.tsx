'use client'

import { useState } from 'react'
import type { BackupDetail, UpdateBackup } from '@/lib/contracts/backup'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Switch } from '@/components/ui/check'
import { Field } from '@/components/ui/field'
import { Textarea } from '@/components/ui/input'
import { KeptBecause } from '@/components/retention/kept-because'
import { RoleButton } from '@/components/shell/role-button'
import { useMay } from '@/components/shell/viewer'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'

export function KeepAndNote({ backup }: { backup: BackupDetail }) {
  const { may, reason } = useMay('operator')
  const [note, setNote] = useState(backup.note ?? '')
  const update = useAction({
    run: (body: UpdateBackup) => api<unknown>(`/admin/backups/${backup.id}`, { method: 'PATCH', body }),
    done: 'Saved',
  })
  return (
    <Card aria-labelledby="keep-title">
      <CardHeader id="keep-title" title="Keep" />
      <CardBody className="space-y-4">
        <Switch
          label="Pinned"
          hint={reason ?? 'Retention never deletes a pinned backup.'}
          checked={backup.pinned}
          disabled={!may || update.isPending || backup.deletedAt !== null}
          onChange={(pinned) => update.mutate({ pinned })}
        />
        {backup.deletedAt === null && <KeptBecause backupId={backup.id} />}
        <Field label="Note" optional>
          {(control) => (
            <Textarea
              {...control}
              value={note}
              maxLength={2_000}
              disabled={!may}
              placeholder="Before the upgrade of…"
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        </Field>
        <RoleButton
          needs="operator"
          variant="secondary"
          size="sm"
          pending={update.isPending}
          disabled={note === (backup.note ?? '')}
          title={note === (backup.note ?? '') ? 'The note has not changed' : undefined}
          onClick={() => update.mutate({ note: note.trim() === '' ? null : note })}
        >
          Save the note
        </RoleButton>
      </CardBody>
    </Card>
  )
}
