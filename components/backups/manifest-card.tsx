import type { BackupDetail } from '@/lib/contracts/backup'
import { BytesCell } from '@/components/cells/bytes-cell'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { CodeBlock } from '@/components/ui/code-block'
import { CopyButton } from '@/components/ui/copy-button'
import { EmptyState } from '@/components/ui/empty-state'
import { Facts } from '@/components/ui/facts'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { readManifest } from './read-manifest'

/** What is stored, piece by piece, and how to restore it without Holdfast. */
export function ManifestCard({ backup }: { backup: BackupDetail }) {
  const manifest = readManifest(backup.manifest)
  if (!backup.manifest)
    return (
      <Card aria-labelledby="manifest-title">
        <CardHeader id="manifest-title" title="Manifest" />
        <EmptyState title="There is no manifest">
          It is written last; a backup without one does not exist in its destinations.
        </EmptyState>
      </Card>
    )
  return (
    <>
      <Card aria-labelledby="by-hand-title">
        <CardHeader id="by-hand-title" title="Restore by hand" note="With the standard tools, without Holdfast" />
        <CardBody>
          {manifest && manifest.howToRestore.length > 0 ? (
            <CodeBlock text={manifest.howToRestore.join('\n')} label="Copy" tall />
          ) : (
            <p className="text-ink-3">The manifest carries no instructions.</p>
          )}
        </CardBody>
      </Card>
      <Card aria-labelledby="manifest-title">
        <CardHeader
          id="manifest-title"
          title="Manifest"
          note="What is stored, with its checksums"
          actions={<CopyButton text={JSON.stringify(backup.manifest, null, 2)} label="Copy JSON" />}
        />
        <CardBody>
          <Facts
            items={[
              { name: 'Path', value: <code className="font-mono text-xs break-all">{backup.repositoryPath}</code> },
              {
                name: 'SHA-256',
                value: <code className="font-mono text-xs break-all">{backup.manifestSha256 ?? 'unknown'}</code>,
              },
            ]}
          />
        </CardBody>
        {manifest && (
          <Table label="Parts of the backup">
            <thead>
              <tr>
                <Th>Part</Th>
                <Th className="text-right">Source</Th>
                <Th className="text-right">Stored</Th>
                <Th>SHA-256 of the source bytes</Th>
                <Th>SHA-256 of the stored bytes</Th>
              </tr>
            </thead>
            <tbody>
              {manifest.parts.map((part) => (
                <Tr key={part.file}>
                  <Td>
                    <code className="font-mono text-xs">{part.file}</code>
                    <span className="block text-xs text-ink-3">
                      {part.role}, {part.compression === 'none' ? 'not compressed' : part.compression},{' '}
                      {part.encrypted ? 'encrypted' : 'not encrypted'}
                    </span>
                  </Td>
                  <Td className="text-right">
                    <BytesCell bytes={part.sourceBytes} />
                  </Td>
                  <Td className="text-right">
                    <BytesCell bytes={part.storedBytes} />
                  </Td>
                  <Td>
                    <Hash value={part.sourceSha256} />
                  </Td>
                  <Td>
                    <Hash value={part.storedSha256} />
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
      </Card>
    </>
  )
}

function Hash({ value }: { value: string }) {
  return (
    <code className="font-mono text-xs text-ink-2" title={value}>
      {value.slice(0, 12)}…{value.slice(-6)}
    </code>
  )
}
