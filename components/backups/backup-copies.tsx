import type { Copy } from '@/lib/contracts/backup'
import { BytesCell } from '@/components/cells/bytes-cell'
import { TimeCell } from '@/components/cells/time-cell'
import { Badge } from '@/components/ui/badge'
import { Card, CardHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { copyWords } from '@/lib/client/words'

export function BackupCopies({ copies }: { copies: readonly Copy[] }) {
  return (
    <Card aria-labelledby="copies-title">
      <CardHeader id="copies-title" title="Copies" note="One for each destination, with a state of its own" />
      {copies.length === 0 ? (
        <EmptyState title="There is no copy">The backup ended before anything was stored.</EmptyState>
      ) : (
        <Table label="Copies">
          <thead>
            <tr>
              <Th>Destination</Th>
              <Th>State</Th>
              <Th className="text-right">Stored</Th>
              <Th>Confirmed</Th>
              <Th>Last read back</Th>
            </tr>
          </thead>
          <tbody>
            {copies.map((copy) => (
              <Tr key={copy.destinationId}>
                <Td className="font-medium">{copy.destinationName}</Td>
                <Td className="max-w-80">
                  <Badge tone={copyWords[copy.state].tone}>{copyWords[copy.state].label}</Badge>
                  {copy.error && (
                    <span className="mt-0.5 block text-xs break-words text-bad">{copy.error.message}</span>
                  )}
                </Td>
                <Td className="text-right">
                  <BytesCell bytes={copy.storedBytes} />
                </Td>
                <Td>
                  <TimeCell at={copy.storedAt} none="not confirmed" />
                </Td>
                <Td>
                  <TimeCell at={copy.verifiedAt} />
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  )
}
