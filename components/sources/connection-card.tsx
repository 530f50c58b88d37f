'use client'

import { PlugZap } from 'lucide-react'
import type { Inspection, Source } from '@/lib/contracts/source'
import { TimeCell } from '@/components/cells/time-cell'
import { RoleButton } from '@/components/shell/role-button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Facts } from '@/components/ui/facts'
import { unverifiedWords } from '@/lib/core/network/ssl-modes'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'
import { InspectionResult } from './inspection-result'
import { RoleSnippet } from './role-snippet'

export function ConnectionCard({ source }: { source: Source }) {
  const test = useAction({
    run: () => api<Inspection>(`/admin/sources/${source.id}/test-connection`, { method: 'POST', body: {} }),
    done: (inspection) => (inspection.ok ? 'The connection works' : 'The connection does not work'),
  })
  const inspection = test.data ?? source.inspection
  const { connection, options } = source
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
            {
              name: 'Address',
              value: connection.host.startsWith('/') ? connection.host : `${connection.host}:${connection.port}`,
            },
            { name: 'Database', value: connection.database },
            {
              name: 'User',
              value: `${connection.user}${connection.hasPassword ? ', with a stored password' : ', without a password'}`,
            },
            {
              name: 'TLS mode',
              value: [connection.ssl, unverifiedWords(connection.host, connection.ssl)].filter(Boolean).join(': '),
            },
            {
              name: 'Stored as',
              value: `${options.compression === 'none' ? 'not compressed' : `${options.compression} level ${options.compressionLevel}`}, ${options.encryption === 'age' ? 'encrypted with age' : 'not encrypted'}`,
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
            <InspectionResult inspection={inspection} />
          </div>
        ) : (
          <p className="border-t border-line pt-3 text-ink-3">The connection has not been tested yet.</p>
        )}
        <RoleSnippet database={connection.database} sourceId={source.id} />
      </CardBody>
    </Card>
  )
}
