'use client'

import type { SourceGrowth } from '@/lib/contracts/insight'
import { BytesCell } from '@/components/cells/bytes-cell'
import { Button } from '@/components/ui/button'
import { Card, CardHeader } from '@/components/ui/card'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { formatMoney } from '@/lib/client/format/money'
import { growthWords } from './forecast-facts'

interface SourcesCardProps {
  sources: readonly SourceGrowth[]
  omitted: number
  currency: string
  onShow: (sourceId: string) => void
  onMore: () => void
}

/** The sources that grow most. A name opens its trend and what is usual for its backups. */
export function SourcesCard({ sources, omitted, currency, onShow, onMore }: SourcesCardProps) {
  return (
    <Card aria-labelledby="growth-title">
      <CardHeader id="growth-title" title="Growth by source" note="Those that grow most first" />
      <Table label="Growth by source">
        <thead>
          <tr>
            <Th>Source</Th>
            <Th className="text-right">Now</Th>
            <Th className="text-right">In 90 days</Th>
            <Th className="text-right max-sm:hidden">Stored</Th>
            <Th className="text-right max-sm:hidden">A month</Th>
          </tr>
        </thead>
        <tbody>
          {sources.map((source) => (
            <Tr key={source.sourceId}>
              <Td>
                <button
                  type="button"
                  className="text-left font-medium underline-offset-4 hover:underline"
                  onClick={() => onShow(source.sourceId)}
                >
                  {source.sourceName}
                </button>
                <span className="block text-xs text-ink-3">
                  {source.forecast ? growthWords(source.forecast) : 'Too little is known yet.'}
                </span>
              </Td>
              <Td className="text-right">
                <BytesCell bytes={source.sourceBytes || null} />
              </Td>
              <Td className="text-right">
                <BytesCell bytes={source.forecast?.in90Days.value} />
              </Td>
              <Td className="text-right max-sm:hidden">
                <BytesCell bytes={source.storedBytes} />
              </Td>
              <Td className="tabular text-right whitespace-nowrap max-sm:hidden">
                {formatMoney(source.perMonth, currency)}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      {omitted > 0 && (
        <div className="flex flex-wrap items-center justify-between gap-2 border-t border-line px-4 py-3 sm:px-5">
          <span className="text-ink-3">{omitted.toLocaleString('en')} more are not shown</span>
          <Button variant="secondary" size="sm" onClick={onMore}>
            Show more
          </Button>
        </div>
      )}
    </Card>
  )
}
