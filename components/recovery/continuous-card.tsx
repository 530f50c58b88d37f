'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import type { Source } from '@/lib/contracts/source'
import { RoleButton } from '@/components/shell/role-button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { windowsQuery } from '@/lib/client/queries/recovery'
import { ProtectionDialog } from './protection-dialog'
import { RecoveryPoints } from './recovery-points'
import { RestorePointDialog } from './restore-point-dialog'
import { StreamFacts, StreamState, StreamTrouble } from './stream-facts'
import { SwitchOff } from './switch-off'

/** Of a source whose log can be followed: whether it is, how far it is stored, and which points can be recovered to. */
export function ContinuousCard({ source }: { source: Source }) {
  const windows = useQuery(windowsQuery(source.id))
  const [asking, setAsking] = useState(false)
  const [naming, setNaming] = useState(false)
  const isOn = source.protection.continuous
  const slot = windows.data?.streaming?.slot
  return (
    <Card aria-labelledby="continuous-title">
      <CardHeader
        id="continuous-title"
        title="Continuous protection"
        actions={
          <>
            {isOn && (
              <RoleButton needs="operator" variant="secondary" size="sm" onClick={() => setNaming(true)}>
                Name this moment…
              </RoleButton>
            )}
            <RoleButton needs="admin" variant="secondary" size="sm" onClick={() => setAsking(true)}>
              {isOn ? 'Change…' : 'Switch on…'}
            </RoleButton>
            {isOn && <SwitchOff source={source} slot={slot} />}
          </>
        }
      />
      <CardBody className="space-y-4">
        {!isOn && (
          <p className="text-ink-2">
            With base backups and the log, as the server writes it, this source can be recovered to any second instead
            of only to its dumps.
          </p>
        )}
        <KnownState source={source} />
      </CardBody>
      {asking && <ProtectionDialog source={source} slot={slot} onClose={() => setAsking(false)} />}
      {naming && <RestorePointDialog source={source} onClose={() => setNaming(false)} />}
    </Card>
  )
}

function KnownState({ source }: { source: Source }) {
  const { data: known, error } = useQuery(windowsQuery(source.id))
  if (!known) return error ? <ProblemNote error={error} /> : <SkeletonRows rows={3} />
  if (source.protection.continuous)
    return (
      <>
        <StreamFacts protection={source.protection} known={known} />
        <RecoveryPoints source={source} known={known} />
      </>
    )
  const { streaming, windows } = known
  return (
    <>
      {streaming && <StreamState stream={streaming} way={source.protection.log} />}
      {streaming?.error && <StreamTrouble stream={streaming} error={streaming.error} />}
      {/* What was stored before it was switched off can still be recovered to. */}
      {windows.length > 0 && <RecoveryPoints source={source} known={known} />}
    </>
  )
}
