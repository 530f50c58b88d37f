'use client'

import { useWatch } from 'react-hook-form'
import type { Source } from '@/lib/contracts/source'
import { NoTarget } from '@/components/backups/no-target'
import { atServer, engineScreen } from '@/components/engines/index'
import { fieldsOf } from '@/components/form/fields-of'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import type { UseValues } from './use-values'

const Enter = fieldsOf<UseValues>()

interface TakeFieldsProps {
  source: Source
  /** Sources whose servers it may go to; null: not known yet. */
  targets: readonly Source[] | null
  error: Error | null
}

/** What is taken out of the point and where to: the fields of the engine's restores. */
export function TakeFields({ source, targets, error }: TakeFieldsProps) {
  const sourceId = useWatch<UseValues, 'target.sourceId'>({ name: 'target.sourceId' })
  if (!targets) return error ? <ProblemNote error={error} /> : <SkeletonRows rows={4} />
  const [first] = targets
  if (!first) return <NoTarget catalog={source.catalog} />
  const { restore, where } = engineScreen(source.engine)
  return (
    <div className="max-w-xl space-y-4">
      <restore.Note target={targets.find(({ id }) => id === sourceId) ?? first} />
      <Enter.Text
        name="take.database"
        label="What is copied"
        optional
        hint="The name of a database of the recovered server. Empty: the source’s own."
        placeholder={where(source).what}
      />
      <Enter.Select
        name="target.sourceId"
        label="Server"
        shownWhenEmpty={first.id}
        hint="The server and the role of this source are used. An administrator adds others on the source’s page, under “Where its backups may be restored”."
        choices={targets.map((target) => ({
          value: target.id,
          label: `${target.name} (${atServer(engineScreen(target.engine).where(target))})`,
        }))}
      />
      <restore.Fields />
    </div>
  )
}
