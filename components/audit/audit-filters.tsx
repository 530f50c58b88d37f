'use client'

import { auditActorTypes } from '@/lib/contracts/audit'
import { FilterForm } from '@/components/filters/filter-form'
import { FilterSelect } from '@/components/filters/filter-select'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { actorTypeWords } from '@/lib/client/words/audit-words'
import { useUrlState } from '@/lib/client/hooks/use-url-state'

/** The first word of an action, and what it is about. */
const areas = [
  ['backup.', 'Backups'],
  ['restore.', 'Restores'],
  ['restore-test.', 'Restore tests'],
  ['source.', 'Sources'],
  ['destination.', 'Destinations'],
  ['schedule.', 'Schedules'],
  ['policy.', 'Shared policies'],
  ['retention-policy.', 'Retention policies'],
  ['retention.', 'Retention'],
  ['channel.', 'Alert channels'],
  ['alert.', 'Alerts'],
  ['job.', 'Jobs'],
  ['user.', 'Users'],
  ['session.', 'Sign-ins and sessions'],
  ['second-factor.', 'Second factors'],
  ['token.', 'API tokens'],
  ['invitation.', 'Invitations'],
  ['approval.', 'Approvals'],
  ['settings.', 'Settings'],
  ['recovery-kit.', 'Recovery kit'],
  ['cleanup.', 'Clean-up'],
  ['audit.', 'The audit log'],
] as const

export function AuditFilters() {
  return (
    <FilterForm
      label="Filter the audit log"
      names={['area', 'by', 'who', 'subject']}
      className="lg:grid-cols-[repeat(6,1fr)_auto]"
    >
      <FilterSelect label="About" name="area" all="Everything" options={areas} />
      <FilterSelect
        label="Done by"
        name="by"
        all="Anyone"
        options={auditActorTypes.map((type) => [type, actorTypeWords[type]] as const)}
      />
      <TypedFilter label="E-mail or token" name="who" />
      <TypedFilter label="Object’s id" name="subject" />
    </FilterForm>
  )
}

/** Asked for once the field is left or Enter is pressed, not at every letter. */
function TypedFilter({ label, name }: { label: string; name: string }) {
  const { get, set } = useUrlState()
  const current = get(name) ?? ''
  return (
    <Field label={label}>
      {(control) => (
        <Input
          {...control}
          key={current}
          defaultValue={current}
          autoComplete="off"
          onBlur={(event) => {
            const typed = event.target.value.trim()
            if (typed !== current) set({ [name]: typed, cursor: undefined })
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur()
          }}
        />
      )}
    </Field>
  )
}
