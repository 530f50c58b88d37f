'use client'

import { useQuery } from '@tanstack/react-query'
import { BytesCell } from '@/components/cells/bytes-cell'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Facts } from '@/components/ui/facts'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { EvidenceKeyCard } from './evidence-key'
import { settingsQuery } from '@/lib/client/queries/settings'

export function About() {
  const zone = useViewerTimeZone()
  const { data: settings, error } = useQuery(settingsQuery())
  return (
    <div className="space-y-5">
      <Card aria-labelledby="about-title">
        <CardHeader id="about-title" title="About this instance" />
        {settings ? (
          <CardBody>
            <Facts
              items={[
                { name: 'Version', value: settings.version },
                { name: 'Instance', value: <code className="font-mono text-xs break-all">{settings.instanceId}</code> },
                {
                  name: 'Catalog',
                  value: (
                    <>
                      PostgreSQL {settings.catalog.serverVersion},{' '}
                      {settings.catalog.embedded ? 'embedded' : 'its own server'},{' '}
                      <BytesCell bytes={settings.catalog.sizeBytes} />
                    </>
                  ),
                },
                { name: 'Your time zone', value: zone },
                {
                  name: 'HTTP API',
                  value: (
                    <a className="text-accent underline underline-offset-4" href="/api/v1/openapi.json">
                      OpenAPI description
                    </a>
                  ),
                },
              ]}
            />
          </CardBody>
        ) : error ? (
          <CardBody>
            <ProblemNote error={error} />
          </CardBody>
        ) : (
          <SkeletonRows />
        )}
      </Card>
      <EvidenceKeyCard />
    </div>
  )
}
