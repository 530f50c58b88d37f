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
import { settingsQuery } from '@/lib/client/queries/settings'
import { RecoveryKit } from './recovery-kit'

export function RecoveryTab() {
  const { may, reason } = useMay('admin')
  const { data: settings, error } = useQuery(settingsQuery())
  const [making, setMaking] = useState<'first' | 'another' | null>(null)
  if (!settings) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  const { recipient, createdAt } = settings.recoveryKey
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
              toast.success('New backups can be opened with this kit')
            }}
          />
        ) : recipient === null ? (
          <EmptyState title="There is no recovery kit yet">{reason}</EmptyState>
        ) : (
          <>
            <Facts
              items={[
                { name: 'Made', value: <TimeCell at={createdAt} form="inline" /> },
                { name: 'Public half', value: <code className="font-mono text-xs break-all">{recipient}</code> },
              ]}
            />
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
              A new one opens the backups taken from then on. Those taken before stay locked to the old kit and to this
              instance.
            </Callout>
          </>
        )}
      </CardBody>
    </Card>
  )
}
