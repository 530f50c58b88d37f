import Link from 'next/link'
import type { BackupDetail } from '@/lib/contracts/backup'
import { BytesCell } from '@/components/cells/bytes-cell'
import { DurationCell } from '@/components/cells/duration-cell'
import { StateBadge } from '@/components/cells/state-badge'
import { VerifiedBadge } from '@/components/cells/verified-badge'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Facts } from '@/components/ui/facts'
import { hasCopies, isSized } from '@/lib/client/backup-facts'
import { backupKindWords, isActive } from '@/lib/client/words/words'
import { readManifest } from './read-manifest'
import { engineContract } from '@/lib/contracts/engines/index'

export function BackupSummary({ backup }: { backup: BackupDetail }) {
  const manifest = readManifest(backup.manifest)
  const sized = isSized(backup)
  const ratio = backup.sourceBytes > 0 && backup.storedBytes > 0 ? backup.sourceBytes / backup.storedBytes : null
  return (
    <Card aria-labelledby="summary-title">
      <CardHeader id="summary-title" title="Summary" />
      <CardBody>
        <Facts
          items={[
            { name: 'Status', value: <StateBadge state={backup.status} /> },
            {
              name: 'Restorable',
              value: hasCopies(backup) ? (
                <VerifiedBadge verified={backup.verified} provenAt={backup.provenAt} withheld={backup.withheld} />
              ) : (
                'There is no stored copy'
              ),
            },
            {
              name: 'Source',
              value: (
                <Link
                  className="text-accent underline-offset-4 hover:underline"
                  href={`/admin/sources/${backup.sourceId}`}
                >
                  {backup.sourceName}
                </Link>
              ),
            },
            { name: 'Kind', value: backupKindWords[backup.kind] },
            { name: 'Source size', value: <BytesCell bytes={sized ? backup.sourceBytes : null} /> },
            {
              name: 'Stored size',
              value: (
                <>
                  <BytesCell bytes={sized ? backup.storedBytes : null} />{' '}
                  {ratio && ratio > 1.01 && <span className="text-ink-3">({ratio.toFixed(1)} times smaller)</span>}
                </>
              ),
            },
            {
              name: 'Took',
              value: (
                <DurationCell ms={backup.durationMs} none={isActive(backup.status) ? 'still running' : 'unknown'} />
              ),
            },
            ...(manifest
              ? [
                  ...(manifest.engineVersion === null
                    ? []
                    : [
                        {
                          name: 'Server',
                          value: `${engineContract(manifest.source.engine).title} ${manifest.engineVersion}`,
                        },
                      ]),
                  ...(manifest.tool === null
                    ? []
                    : [{ name: 'Written by', value: `${manifest.tool.name} ${manifest.tool.version}` }]),
                  {
                    name: 'Encryption',
                    value: manifest.encryption
                      ? `${manifest.encryption.format}, for ${manifest.encryption.wrappedFor.length} ${manifest.encryption.wrappedFor.length === 1 ? 'key' : 'keys'}`
                      : 'none',
                  },
                ]
              : []),
            ...(backup.attempt > 1 ? [{ name: 'Attempt', value: backup.attempt }] : []),
            { name: 'Backup id', value: <code className="font-mono text-xs break-all">{backup.id}</code> },
          ]}
        />
      </CardBody>
    </Card>
  )
}
