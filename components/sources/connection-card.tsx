'use client'

import { PlugZap } from 'lucide-react'
import type { Inspection, Source } from '@/lib/contracts/source'
import { TimeCell } from '@/components/cells/time-cell'
import { engineScreen } from '@/components/engines/index'
import { RoleButton } from '@/components/shell/role-button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Facts } from '@/components/ui/facts'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'
import { InspectionResult } from './inspection-result'

export function ConnectionCard({ source }: { source: Source }) {
  const test = useAction({
    run: () => api<Inspection>(`/admin/sources/${source.id}/test-connection`, { method: 'POST', body: {} }),
    done: (inspection) => (inspection.ok ? 'The connection works' : 'The connection does not work'),
  })
  const inspection = test.data ?? source.inspection
  const { options } = source
  const screen = engineScreen(source.engine)
  const { SetupHelp } = screen
  return (
    <Card aria-labelledby="connection-title">
      <CardHeader
        id="connection-title"
        title="Connection"
        actions={
          <RoleButton
            needs="operator"
            variant="secondary"
            size="sm"
            pending={test.isPending}
            onClick={() => test.mutate(undefined)}
          >
            <PlugZap aria-hidden /> Test
          </RoleButton>
        }
      />
      <CardBody className="space-y-4">
        <Facts
          items={[
            ...screen.facts(source),
            {
              name: 'Stored as',
              value: `${options.compression === 'none' ? 'not compressed' : `${options.compression} level ${options.compressionLevel}`}, ${options.encryption === 'none' ? 'not encrypted' : `encrypted with ${options.encryption}`}`,
            },
          ]}
        />
        {inspection ? (
          <div className="border-t border-line pt-3">
            {!test.data && (
              <p className="mb-2 text-xs text-ink-3">
                Tested <TimeCell at={source.inspectedAt} form="relative" />
              </p>
            )}
            <InspectionResult engine={source.engine} inspection={inspection} />
          </div>
        ) : (
          <p className="border-t border-line pt-3 text-ink-3">The connection has not been tested yet.</p>
        )}
        {SetupHelp && <SetupHelp source={source} />}
      </CardBody>
    </Card>
  )
}
