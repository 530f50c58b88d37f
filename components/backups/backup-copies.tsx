import type { BackupDetail, Copy } from '@/lib/contracts/backup'
import { tellFailure } from '@/lib/core/tell-failure'
import { BytesCell } from '@/components/cells/bytes-cell'
import { TimeCell } from '@/components/cells/time-cell'
import { Badge } from '@/components/ui/badge'
import { Card, CardHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { isAwaited } from '@/lib/client/backup-facts'
import { cn } from '@/lib/client/cn'
import { copyWords } from '@/lib/client/words/words'
import { AddCopy, CopyActions } from './copy-actions'

export function BackupCopies({ backup }: { backup: BackupDetail }) {
  const { copies } = backup
  return (
    <Card aria-labelledby="copies-title">
      <CardHeader
        id="copies-title"
        title="Copies"
        note="One for each destination, with a state of its own"
        actions={<AddCopy backup={backup} />}
      />
      {copies.length === 0 ? (
        <EmptyState title="There is no copy">The backup ended before anything was stored.</EmptyState>
      ) : (
        <Table label="Copies">
          <thead>
            <tr>
              <Th>Destination</Th>
              <Th>State</Th>
              <Th className="text-right">Stored</Th>
              <Th className="max-sm:hidden">Confirmed</Th>
              <Th className="max-sm:hidden">Last read back</Th>
              <Th>
                <span className="sr-only">Actions</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {copies.map((copy) => (
              <Tr key={copy.destinationId}>
                <Td className="font-medium">{copy.destinationName}</Td>
                <Td className="max-w-80">
                  <CopyState copy={copy} />
                </Td>
                <Td className="text-right">
                  <BytesCell bytes={copy.storedBytes} />
                </Td>
                <Td className="max-sm:hidden">
                  <TimeCell at={copy.storedAt} none="not confirmed" />
                </Td>
                <Td className="max-sm:hidden">
                  <TimeCell at={copy.verifiedAt} />
                </Td>
                <Td className="text-right">
                  <CopyActions backup={backup} copy={copy} />
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  )
}

function CopyState({ copy }: { copy: Copy }) {
  const words = copyWords[copy.state]
  return (
    <>
      <Badge tone={words.tone}>{words.label}</Badge>
      {copy.storageClass && copy.state === 'stored' && (
        <span className="mt-0.5 block text-xs text-ink-3">
          {copy.storageClass}
          {copy.archived && ': must be brought back before it can be read'}
        </span>
      )}
      {copy.error && (
        <span className={cn('mt-0.5 block text-xs break-words', isAwaited(copy) ? 'text-ink-3' : 'text-bad')}>
          {tellFailure(copy.error)}
        </span>
      )}
      {copy.retryAt && copy.state !== 'stored' && (
        <span className="mt-0.5 block text-xs text-ink-3">
          Tried again <TimeCell at={copy.retryAt} form="relative" />
          {copy.attempts > 0 && `, after ${copy.attempts} ${copy.attempts === 1 ? 'attempt' : 'attempts'}`}
        </span>
      )}
    </>
  )
}
