'use client'

import { useQuery } from '@tanstack/react-query'
import { useWatch } from 'react-hook-form'
import { restoreTestLevels } from '@/lib/contracts/schedule'
import { provesOf } from '@/components/engines/index'
import { fieldsOf } from '@/components/form/fields-of'
import { useField } from '@/components/form/use-field'
import { FormSection } from '@/components/ui/form-section'
import { kindChoices, type KindSource } from '@/lib/client/backup-kinds'
import { destinationsQuery } from '@/lib/client/queries/destinations'
import { levelWords } from '@/lib/client/words/words'
import { CronField } from './cron-field'
import { RetentionField } from './retention-field'
import { StartFields } from './start-fields'
import type { TimingValues } from './timing-values'

const Enter = fieldsOf<TimingValues>()

const actions = [
  { value: 'backup', label: 'Backup' },
  { value: 'restore-test', label: 'Restore test of the latest backup' },
]
const levels = restoreTestLevels.map((level) => ({ value: level, label: levelWords[level].label }))
const catchUps = [
  { value: 'once', label: 'Run late, once' },
  { value: 'skip', label: 'Skip until the next one is due' },
]

interface ActionFieldsProps {
  fixed: boolean
  /** Those that it is about. */
  sources: readonly KindSource[]
}

/** What is done, and how thoroughly. */
export function ActionFields({ fixed, sources }: ActionFieldsProps) {
  const engines = new Set(sources.map(({ engine }) => engine))
  const kinds = kindChoices(sources)
  const [action, level] = useWatch<TimingValues, ['action', 'options.level']>({ name: ['action', 'options.level'] })
  return (
    <>
      <Enter.Select name="action" label="Action" choices={actions} disabled={fixed} />
      {action === 'backup' && kinds && (
        <Enter.Select name="options.method" label="Kind of backup" hint={kinds.hint} choices={kinds.choices} />
      )}
      {action === 'restore-test' && (
        <Enter.Select
          name="options.level"
          label="Level"
          hint={provesOf(level, engines.size === 1 ? sources[0]?.engine : undefined)}
          choices={levels}
        />
      )}
    </>
  )
}

/** When it runs, how runs begin, where backups go and how long they stay. */
export function TimingSections() {
  const destinations = useQuery(destinationsQuery())
  const action = useWatch<TimingValues, 'action'>({ name: 'action' })
  const retention = useField<string>('retentionPolicyId')
  return (
    <>
      <FormSection title="When">
        <CronField />
        <Enter.Select
          name="catchUp"
          label="A run that was missed because no worker ran"
          hint="Either way it is recorded as missed and raises an alert."
          choices={catchUps}
        />
      </FormSection>
      <FormSection title="How runs begin" note="The defaults suit most sources.">
        <StartFields />
      </FormSection>
      {action === 'backup' && (
        <FormSection title="Where and how long">
          <fieldset>
            <legend className="mb-2 text-[0.8125rem] font-medium">Destinations</legend>
            {destinations.data?.items.length === 0 && (
              <p className="text-ink-3">There is none yet; add a destination first.</p>
            )}
            <Enter.Checks
              name="destinationIds"
              choices={destinations.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
            />
          </fieldset>
          <RetentionField value={retention.value || null} onChange={(id) => retention.change(id ?? '')} />
        </FormSection>
      )}
    </>
  )
}
