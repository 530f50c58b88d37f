import type { BackupDetail } from '@/lib/contracts/backup'
import { BytesCell } from '@/components/cells/bytes-cell'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { CodeBlock } from '@/components/ui/code-block'
import { CopyButton } from '@/components/ui/copy-button'
import { EmptyState } from '@/components/ui/empty-state'
import { Facts } from '@/components/ui/facts'
import { DataTable, type Column } from '@/components/ui/data-table'
import type { Manifest } from '@/lib/contracts/repository/manifest'
import { readManifest } from './read-manifest'

const columns: ReadonlyArray<Column<Manifest['parts'][number]>> = [
  {
    key: 'part',
    header: 'Part',
    cell: (part) => (
      <>
        <code className="font-mono text-xs">{part.file}</code>
        <span className="block text-xs text-ink-3">
          {part.role}, {part.compression === 'none' ? 'not compressed' : part.compression},{' '}
          {part.encrypted ? 'encrypted' : 'not encrypted'}
        </span>
      </>
    ),
  },
  { key: 'source', header: 'Source', align: 'end', cell: (part) => <BytesCell bytes={part.sourceBytes} /> },
  { key: 'stored', header: 'Stored', align: 'end', cell: (part) => <BytesCell bytes={part.storedBytes} /> },
  {
    key: 'sha-of-the-source-bytes',
    header: 'SHA-256 of the source bytes',
    cell: (part) =>
      part.sourceSha256 === null ? (
        <span className="text-ink-3">compared file by file</span>
      ) : (
        <Hash value={part.sourceSha256} />
      ),
  },
  {
    key: 'sha-of-the-stored-bytes',
    header: 'SHA-256 of the stored bytes',
    cell: (part) => <Hash value={part.storedSha256} />,
  },
]

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
          <DataTable label="Parts of the backup" columns={columns} rows={manifest.parts} rowKey={(part) => part.file} />
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
