'use client'

import { Download, FileSpreadsheet, FileText, ShieldCheck } from 'lucide-react'
import type { AuditVerification } from '@/lib/contracts/audit'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { Menu, MenuFile, MenuLabel } from '@/components/ui/menu'
import { ProblemNote } from '@/components/ui/problem-note'
import { api, search } from '@/lib/client/api'
import type { AuditSearch } from '@/lib/client/queries/audit'
import { useAction } from '@/lib/client/hooks/use-action'

const formats = [
  { format: 'jsonl', label: 'JSON lines', note: 'Complete; can be checked elsewhere', Icon: FileText },
  { format: 'csv', label: 'CSV', note: 'For a spreadsheet', Icon: FileSpreadsheet },
] as const

export function AuditExportMenu({ filter }: { filter: AuditSearch }) {
  return (
    <Menu
      trigger={
        <Button variant="secondary">
          <Download aria-hidden /> Export
        </Button>
      }
    >
      <MenuLabel>What the filter shows, as</MenuLabel>
      {formats.map(({ format, label, note, Icon }) => (
        <MenuFile
          key={format}
          href={`/api/v1/admin/audit/export${search({ format, ...filter })}`}
          label={label}
          note={note}
          icon={<Icon aria-hidden />}
        />
      ))}
    </Menu>
  )
}

export function useAuditVerification() {
  return useAction({
    run: () => api<AuditVerification>('/admin/audit/verify'),
    errors: 'inline',
  })
}

export function VerifyAuditButton({ check }: { check: ReturnType<typeof useAuditVerification> }) {
  return (
    <Button variant="secondary" pending={check.isPending} onClick={() => check.mutate(undefined)}>
      {!check.isPending && <ShieldCheck aria-hidden />} Verify the log
    </Button>
  )
}

/** What the last verification found; nothing before there was one. */
export function AuditVerificationNote({ check }: { check: ReturnType<typeof useAuditVerification> }) {
  if (check.error) return <ProblemNote error={check.error} title="The log could not be verified" />
  if (!check.data) return null
  const { fault, verified, redacted, beforeChain, anchors, head } = check.data
  if (fault)
    return (
      <Callout tone="bad" role="alert" title={fault.message}>
        {verified === 0 ? 'No event' : verified === 1 ? 'One event' : `${verified} events`} before it{' '}
        {verified === 1 ? 'is' : 'are'} as written. Keep an export and find out who can write to the catalog’s database.
      </Callout>
    )
  return (
    <Callout tone="proven" role="status" title={`All ${verified} events are as they were written`}>
      {redacted > 0 && (
        <p>
          {redacted === 1 ? 'One was' : `${redacted} were`} redacted afterwards, each reported by a signed event of the
          log.
        </p>
      )}
      {beforeChain > 0 && <p>{beforeChain} more are from before the chain and are not covered.</p>}
      <p>
        {anchors.compared === 0
          ? 'There is no signed evidence yet to compare the end with.'
          : `Compared with ${anchors.compared} ends of the log in signed evidence.`}{' '}
        It ends at event {head.lastId}: <code className="font-mono text-xs break-all">{head.hash}</code>
      </p>
    </Callout>
  )
}
