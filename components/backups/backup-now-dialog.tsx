'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import type { Started } from '@/lib/contracts/job'
import { RoleLink } from '@/components/shell/role-link'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/check'
import { Dialog, DialogActions } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { type ChosenKind, type KindChoices, kindChoices, offeredKind, sourcesAmong } from '@/lib/client/backup-kinds'
import { destinationsQuery } from '@/lib/client/queries/destinations'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { useAction } from '@/lib/client/hooks/use-action'

interface BackupNowDialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  sourceId?: string
}

/** Starts a backup now. Without a choice of destinations the source's own are taken. */
export function BackupNowDialog({ open, onOpenChange, sourceId }: BackupNowDialogProps) {
  const sources = useQuery(sourcesQuery())
  const destinations = useQuery(destinationsQuery())
  const [chosen, setChosen] = useState(sourceId ?? '')
  const [ticked, setTicked] = useState<readonly string[]>([])
  const source = chosen || (sources.data?.items[0]?.id ?? '')
  const [kind, setKind] = useState<ChosenKind>('')
  const about = sourcesAmong(sources.data?.items ?? [], [source])
  const kinds = kindChoices(about)
  const asked = offeredKind(kind, about)
  const start = useAction({
    run: () =>
      api<Started>('/admin/backups', {
        method: 'POST',
        body: {
          sourceId: source,
          ...(asked === '' ? {} : { kind: asked }),
          ...(ticked.length > 0 ? { destinationIds: ticked } : {}),
        },
      }),
    done: 'The backup is under way',
    errors: 'inline',
    onDone: () => onOpenChange(false),
  })
  const nothing = sources.data?.items.length === 0
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Back up now"
      description="It runs beside the schedule and does not change it."
    >
      {nothing ? (
        <p>
          There is no source yet.{' '}
          <RoleLink needs="admin" variant="link" size="inline" href="/admin/sources/new">
            Add one
          </RoleLink>{' '}
          first.
        </p>
      ) : (
        <div className="space-y-4">
          {start.error && <ProblemNote error={start.error} />}
          <Field label="Source">
            {(control) => (
              <Select {...control} value={source} onChange={(event) => setChosen(event.target.value)}>
                {sources.data?.items.map((item) => (
                  <option key={item.id} value={item.id}>
                    {item.name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          {kinds && (
            <Field label="Kind of backup" hint={kinds.hint}>
              {(control) => (
                <Select {...control} value={asked} onChange={(event) => setKind(chosenIn(kinds, event.target.value))}>
                  {kinds.choices.map(({ value, label }) => (
                    <option key={value} value={value}>
                      {label}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          )}
          <fieldset>
            <legend className="mb-1 text-[0.8125rem] font-medium">Destinations</legend>
            <p className="mb-2 text-xs text-ink-3">None ticked: those of the source’s schedules.</p>
            <div className="space-y-2">
              {destinations.data?.items.map((item) => (
                <Checkbox
                  key={item.id}
                  label={item.name}
                  checked={ticked.includes(item.id)}
                  onChange={(on) => setTicked(on ? [...ticked, item.id] : ticked.filter((id) => id !== item.id))}
                />
              ))}
              {destinations.data?.items.length === 0 && (
                <p>
                  There is none yet.{' '}
                  <RoleLink needs="admin" variant="link" size="inline" href="/admin/destinations/new">
                    Add a destination
                  </RoleLink>{' '}
                  first.
                </p>
              )}
            </div>
          </fieldset>
        </div>
      )}
      <DialogActions>
        <Button variant="secondary" onClick={() => onOpenChange(false)}>
          Close
        </Button>
        {!nothing && (
          <Button pending={start.isPending} disabled={!source} onClick={() => start.mutate(undefined)}>
            Start the backup
          </Button>
        )}
      </DialogActions>
    </Dialog>
  )
}

const chosenIn = ({ choices }: KindChoices, text: string): ChosenKind =>
  choices.find(({ value }) => value === text)?.value ?? ''
