import type { SourceStatus, Status } from '@/lib/contracts/status'
import { NameLink } from '@/components/cells/name-link'
import { Card } from '@/components/ui/card'
import { FailedRun } from '@/components/jobs/failed-run'
import { HealthBadge } from './health-badge'
import { ProofCell } from './proof-cell'
import { SourceActions } from './source-actions'

/** Holdfast's own catalog, apart from what it protects: it is no database of the user's. */
export function CatalogCard({ catalog, source }: { catalog: Status['catalog']; source: SourceStatus | undefined }) {
  if (!catalog) return null
  return (
    <Card aria-label="Holdfast’s own catalog" className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 sm:px-5">
      <div className="min-w-0 flex-1 basis-64">
        <NameLink href={`/admin/sources/${catalog.sourceId}`}>{catalog.words}</NameLink>
        {source && (
          <div className="mt-1 text-[0.8125rem] text-ink-2">
            <ProofCell source={source} />
            <FailedRun backup={source.lastBackup} />
          </div>
        )}
      </div>
      {source && <HealthBadge source={source} />}
      {source && <SourceActions source={source} compact />}
    </Card>
  )
}
