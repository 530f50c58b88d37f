'use client'

import { useState } from 'react'
import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import type { RecoveryWindows } from '@/lib/contracts/recovery/continuous'
import type { Source } from '@/lib/contracts/source'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/input'
import { baseKind } from '@/lib/client/backup-kinds'
import { backupsQuery } from '@/lib/client/queries/backups'
import { destinationsQuery } from '@/lib/client/queries/destinations'
import { isActive } from '@/lib/client/words/words'
import { WindowBar } from './window-bar'
import { WindowTable } from './window-table'

interface RecoveryPointsProps {
  source: Source
  known: RecoveryWindows
}

/** Which points can be recovered to, as a bar and in words; of one destination alone where there are several. */
export function RecoveryPoints({ source, known }: RecoveryPointsProps) {
  const [chosen, setChosen] = useState('')
  const bases = useQuery(backupsQuery({ sourceId: source.id, limit: 100 }))
  const one = known.destinations.find(({ destinationId }) => destinationId === chosen)
  const shown = one ?? known
  const isFollowed = source.protection.continuous
  return (
    <section aria-labelledby="points-title" className="space-y-3 border-t border-line pt-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 id="points-title" className="font-semibold">
          Points that can be recovered to
        </h3>
        {known.windows.length > 0 && (
          <Button asChild size="sm">
            <Link href={`/admin/sources/${source.id}/recover`}>Recover to a point</Link>
          </Button>
        )}
      </div>
      {known.destinations.length > 1 && <DestinationChoice known={known} chosen={chosen} onChoose={setChosen} />}
      {shown.windows.length === 0 && (
        <p className="text-ink-2">
          {bases.data?.items.some(({ kind, status }) => kind === baseKind(source) && isActive(status))
            ? 'A base backup is being taken. Every point after its end can be recovered to.'
            : 'None yet: there is no base backup that leads to the stored log. Holdfast starts one by itself as soon as the log is streaming.'}
        </p>
      )}
      <WindowBar windows={shown.windows} gaps={shown.gaps} isFollowed={isFollowed} />
      {shown.windows.length + shown.gaps.length > 0 && (
        <WindowTable
          windows={shown.windows}
          gaps={shown.gaps}
          isFollowed={isFollowed}
          bases={bases.data?.items ?? []}
          sourceId={source.id}
        />
      )}
    </section>
  )
}

interface DestinationChoiceProps {
  known: RecoveryWindows
  chosen: string
  onChoose: (id: string) => void
}

function DestinationChoice({ known, chosen, onChoose }: DestinationChoiceProps) {
  const { data } = useQuery(destinationsQuery())
  return (
    <Field label="From" className="max-w-80">
      {(control) => (
        <Select {...control} value={chosen} onChange={(event) => onChoose(event.target.value)}>
          <option value="">All destinations together</option>
          {known.destinations.map(({ destinationId }) => (
            <option key={destinationId} value={destinationId}>
              {data?.items.find(({ id }) => id === destinationId)?.name ?? destinationId}
            </option>
          ))}
        </Select>
      )}
    </Field>
  )
}
