'use client'

import { useState } from 'react'
import type { Source } from '@/lib/contracts/source'
import { RoleButton } from '@/components/shell/role-button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'

/** What is lost with continuous protection, and what stays. */
export function SwitchOffNote({ slot }: { slot: string | null | undefined }) {
  return (
    <ul className="list-disc space-y-1 pl-5">
      {slot === null ? (
        <li>What the server hands in is refused: take the line out of its archive_command first.</li>
      ) : (
        <li>{slot ? <>The slot {slot} is removed from the server.</> : 'Its slot is removed from the server.'}</li>
      )}
      <li>What is stored stays, and can be recovered to, until its base backups expire.</li>
      <li>Points after now cannot be recovered to: from now on only dumps protect this source.</li>
    </ul>
  )
}

/** Ends continuous protection, once an administrator has read what that means. */
export function SwitchOff({ source, slot }: { source: Source; slot: string | null | undefined }) {
  const [asking, setAsking] = useState(false)
  const end = useAction({
    run: () =>
      api<Source>(`/admin/sources/${source.id}`, {
        method: 'PATCH',
        body: { protection: { dumps: true, continuous: false } },
      }),
    done: 'Continuous protection is switched off',
    errors: 'inline',
    onDone: () => setAsking(false),
  })
  return (
    <>
      <RoleButton needs="admin" variant="secondary" size="sm" onClick={() => setAsking(true)}>
        Switch off…
      </RoleButton>
      {asking && (
        <ConfirmDialog
          open
          onOpenChange={setAsking}
          title={`Switch continuous protection of ${source.name} off?`}
          action="Switch off"
          pending={end.isPending}
          error={end.error}
          onConfirm={() => end.mutate(undefined)}
        >
          <SwitchOffNote slot={slot} />
        </ConfirmDialog>
      )}
    </>
  )
}
