'use client'

import { useQuery } from '@tanstack/react-query'
import { EyeOff } from 'lucide-react'
import Link from 'next/link'
import type { ExposedSecrets, RedactedSecrets } from '@/lib/contracts/exposed-secrets'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { exposedSecretsQuery } from '@/lib/client/queries/audit'
import { useAction } from '@/lib/client/hooks/use-action'

const ways: Record<ExposedSecrets['settings'][number]['subjectType'], (id: string) => string> = {
  source: (id) => `/admin/sources/${id}`,
  destination: (id) => `/admin/destinations/${id}`,
  channel: () => '/admin/settings?tab=channels',
}

/** Tells administrators of passwords that were pasted with a connection and stand readable; nothing when there are none. */
export function ExposedSecretsNote() {
  const found = useQuery(exposedSecretsQuery)
  const redact = useAction({
    run: () => api<RedactedSecrets>('/admin/audit/exposed-secrets', { method: 'POST' }),
    done: ({ auditEvents, records }) => `Blanked in ${auditEvents} events and ${records} other records`,
    errors: 'inline',
  })
  if (!found.data) return null
  const { settings, auditCount, recordCount } = found.data
  const recorded = auditCount + recordCount
  if (settings.length + recorded === 0) return null
  return (
    <Callout
      tone="bad"
      role="alert"
      title="Passwords are readable where they should not be"
      actions={
        recorded > 0 && (
          <Button variant="secondary" pending={redact.isPending} onClick={() => redact.mutate(undefined)}>
            <EyeOff aria-hidden /> Blank them in the records
          </Button>
        )
      }
    >
      <p>
        They were pasted with a connection. Change these passwords: exports and backups of the catalog may hold them
        too.
      </p>
      {settings.map(({ subjectType, subjectId, name, fields }) => (
        <p key={subjectId}>
          In use: the {subjectType}{' '}
          <Link className="underline" href={ways[subjectType](subjectId)}>
            {name}
          </Link>{' '}
          ({fields.join(', ')}). Enter host, user and password each in its field.
        </p>
      ))}
      {recorded > 0 && (
        <p>
          Recorded: {auditCount} {auditCount === 1 ? 'event' : 'events'} of this log and {recordCount} other{' '}
          {recordCount === 1 ? 'record' : 'records'}. Blanking them keeps the chain of the log whole.
        </p>
      )}
      {redact.error && <ProblemNote error={redact.error} title="Nothing was blanked" />}
    </Callout>
  )
}
