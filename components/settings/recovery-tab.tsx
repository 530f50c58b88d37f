'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { TimeCell } from '@/components/cells/time-cell'
import { RoleButton } from '@/components/shell/role-button'
import { useMay } from '@/components/shell/viewer'
import { Callout } from '@/components/ui/callout'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { Facts } from '@/components/ui/facts'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { recoveryKitQuery } from '@/lib/client/queries/recovery-kit'
import { ConfirmKit } from './confirm-kit'
import { RecoveryKit } from './recovery-kit'

export function RecoveryTab() {
  const { may } = useMay('admin')
  const { data: state, error } = useQuery(recoveryKitQuery())
  const [making, setMaking] = useState<'first' | 'another' | null>(null)
  if (!state) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  const { recipient, createdAt, confirmedAt, hasCheckWord, backups } = state
  const kit = making ?? (recipient === null && may ? 'first' : null)
  return (
    <Card aria-labelledby="recovery-title">
      <CardHeader id="recovery-title" title="Recovery kit" />
      <CardBody className="space-y-4">
        {kit ? (
          <RecoveryKit
            replacing={kit === 'another'}
            onBegun={() => setMaking(kit)}
            onStored={() => {
              setMaking(null)
              toast.success('The kit is stored')
            }}
          />
        ) : recipient === null ? (
          <EmptyState title="There is no recovery kit yet">An administrator makes it here.</EmptyState>
        ) : (
          <>
            <Facts
              items={[
                { name: 'Made', value: <TimeCell at={createdAt} form="inline" /> },
                { name: 'Confirmed', value: <TimeCell at={confirmedAt} form="inline" none="not yet" /> },
                { name: 'Opens with the kit', value: `${backups.opened} of ${backups.total} backups` },
                { name: 'Public half', value: <code className="font-mono text-xs break-all">{recipient}</code> },
              ]}
            />
            {confirmedAt === null && (
              <Callout
                tone="warn"
                title={hasCheckWord ? 'Is the kit stored?' : 'This kit is of an earlier version and has no check word'}
              >
                {!hasCheckWord
                  ? 'Replace it: the new kit opens the backups there are as well.'
                  : may
                    ? 'Confirm it by typing its check word.'
                    : 'An administrator confirms it here by typing its check word.'}
              </Callout>
            )}
            {confirmedAt === null && hasCheckWord && may && (
              <ConfirmKit onConfirmed={() => toast.success('The kit is stored')} />
            )}
            <p className="text-ink-2">
              The private half is in the kit that was downloaded, and nowhere here. Now and then, check that it is still
              where it should be.
            </p>
            <Callout
              tone="warn"
              title="Lost the kit?"
              actions={
                <RoleButton needs="admin" variant="secondary" size="sm" onClick={() => setMaking('another')}>
                  Replace the kit
                </RoleButton>
              }
            >
              A new one opens every backup, once those taken before are wrapped for it. The old one goes on to open what
              it opened: if it was stolen, delete those backups.
            </Callout>
          </>
        )}
      </CardBody>
    </Card>
  )
}
