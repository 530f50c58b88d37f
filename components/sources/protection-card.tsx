import Link from 'next/link'
import type { SourceStatus } from '@/lib/contracts/status'
import { BytesCell } from '@/components/cells/bytes-cell'
import { DurationCell } from '@/components/cells/duration-cell'
import { TimeCell } from '@/components/cells/time-cell'
import { VerifiedBadge } from '@/components/cells/verified-badge'
import { ExposureCell } from '@/components/status/exposure-cell'
import { HealthBadge } from '@/components/status/health-badge'
import { ProofCell } from '@/components/status/proof-cell'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Facts } from '@/components/ui/facts'
import { Skeleton } from '@/components/ui/skeleton'

/** How well one source is protected, promised against measured. */
export function ProtectionCard({ status }: { status: SourceStatus | undefined }) {
  return (
    <Card aria-labelledby="protection-title">
      <CardHeader id="protection-title" title="Protection" actions={status && <HealthBadge source={status} />} />
      <CardBody>
        {!status ? (
          <Skeleton className="h-40" />
        ) : (
          <>
            {status.reasons.length > 0 && (
              <ul className="mb-3 list-disc space-y-0.5 pl-4 text-[0.8125rem] text-ink-2">
                {status.reasons.map((reason) => (
                  <li key={reason.code + reason.message}>{reason.message}</li>
                ))}
              </ul>
            )}
            <Facts
              items={[
                { name: 'Proven', value: <ProofCell source={status} /> },
                {
                  name: 'Newest good backup',
                  value: status.lastGoodBackup ? (
                    <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
                      <Link
                        className="underline-offset-4 hover:underline"
                        href={`/admin/backups/${status.lastGoodBackup.id}`}
                      >
                        <TimeCell at={status.lastGoodBackup.finishedAt} form="inline" />
                      </Link>
                      <VerifiedBadge
                        verified={status.lastGoodBackup.verified}
                        withheld={
                          status.proof.newestProven?.backupId === status.lastGoodBackup.id
                            ? status.proof.newestProven.except
                            : []
                        }
                      />
                    </span>
                  ) : (
                    <span className="text-bad">none</span>
                  ),
                },
                { name: 'Exposure', value: <ExposureCell source={status} /> },
                {
                  name: 'Restore takes',
                  value: (
                    <>
                      <DurationCell ms={status.lastProven?.restoreDurationMs} none="not measured yet" />
                      {status.rtoObjectiveMs !== null && (
                        <span className="text-ink-3">
                          {' '}
                          (objective <DurationCell ms={status.rtoObjectiveMs} />)
                        </span>
                      )}
                    </>
                  ),
                },
                {
                  name: 'Next backup',
                  value: <TimeCell at={status.nextBackupAt} none="not scheduled" form="inline" />,
                },
                {
                  name: 'Next restore test',
                  value: <TimeCell at={status.nextRestoreTestAt} none="not scheduled" form="inline" />,
                },
                {
                  name: 'Kept',
                  value:
                    status.backupCount === 0 ? (
                      <span className="text-ink-3">no backup</span>
                    ) : (
                      <>
                        {status.backupCount.toLocaleString('en')} {status.backupCount === 1 ? 'backup' : 'backups'},{' '}
                        <BytesCell bytes={status.storedBytes} />
                      </>
                    ),
                },
              ]}
            />
          </>
        )}
      </CardBody>
    </Card>
  )
}
