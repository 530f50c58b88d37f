'use client'

import { auditActorTypes } from '@/lib/contracts/audit'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { actorTypeWords } from '@/lib/client/audit-words'
import type { AuditSearch } from '@/lib/client/queries/audit'
import { useUrlState } from '@/lib/client/use-url-state'

const names = ['area', 'by', 'who', 'subject', 'from', 'to'] as const

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

/** What the address asks for, as the API takes it. Days are the viewer's; the last one is included. */
export function auditSearch(get: (name: string) => string | undefined): AuditSearch {
  const day = (name: string, days: number) => {
    const value = get(name)
    if (!value) return undefined
    const date = new Date(`${value}T00:00:00`)
    if (Number.isNaN(date.getTime())) return undefined
    date.setDate(date.getDate() + days)
    return date.toISOString()
  }
  return {
    action: get('area'),
    actorType: get('by'),
    actor: get('who'),
    subjectId: get('subject'),
    from: day('from', 0),
    to: day('to', 1),
  }
}

/** What to show; it lives in the address. A change goes back to the first page. */
export function AuditFilters() {
  const { get, set } = useUrlState()
  const change = (name: (typeof names)[number]) => (event: { target: { value: string } }) => {
    if ((get(name) ?? '') !== event.target.value.trim()) set({ [name]: event.target.value.trim(), cursor: undefined })
  }
  const any = names.some((name) => get(name))
  const typed = (name: 'who' | 'subject', label: string) => (
    <Field label={label}>
      {(control) => (
        <Input
          {...control}
          key={get(name) ?? ''}
          defaultValue={get(name) ?? ''}
          autoComplete="off"
          onBlur={change(name)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur()
          }}
        />
      )}
    </Field>
  )
  return (
    <form
      role="search"
      aria-label="Filter the audit log"
      onSubmit={(event) => event.preventDefault()}
      className="grid grid-cols-2 items-end gap-3 border-b border-line p-4 sm:grid-cols-3 sm:px-5 lg:grid-cols-[repeat(6,1fr)_auto]"
    >
      <Field label="About">
        {(control) => (
          <Select {...control} value={get('area') ?? ''} onChange={change('area')}>
            <option value="">Everything</option>
            {areas.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="Done by">
        {(control) => (
          <Select {...control} value={get('by') ?? ''} onChange={change('by')}>
            <option value="">Anyone</option>
            {auditActorTypes.map((type) => (
              <option key={type} value={type}>
                {actorTypeWords[type]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {typed('who', 'E-mail or token')}
      {typed('subject', 'Id of the subject')}
      <Field label="From">
        {(control) => <Input {...control} type="date" value={get('from') ?? ''} onChange={change('from')} />}
      </Field>
      <Field label="To">
        {(control) => <Input {...control} type="date" value={get('to') ?? ''} onChange={change('to')} />}
      </Field>
      <Button
        variant="ghost"
        disabled={!any}
        onClick={() => set(Object.fromEntries([...names, 'cursor'].map((name) => [name, undefined])))}
      >
        Clear
      </Button>
    </form>
  )
}
