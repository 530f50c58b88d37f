import Link from 'next/link'
import type { RestoreTest } from '@/lib/contracts/backup'
import { DurationCell } from '@/components/cells/duration-cell'
import { TimeCell } from '@/components/cells/time-cell'
import { VerdictBadge } from '@/components/cells/verdict-badge'
import { provesOf } from '@/components/engines/index'
import { ConfinementLine } from '@/components/evidence/confinement-facts'
import { CodeBlock } from '@/components/ui/code-block'
import { FailureNote } from '@/components/ui/failure-note'
import { levelWords } from '@/lib/client/words/words'
import { ChecksTable } from './checks-table'
import { TestAgain } from './test-again'

/** One restore test: its verdict, what it checked, and the raw evidence for who wants to look. */
export function RestoreTestEvidence({ test, open }: { test: RestoreTest; open: boolean }) {
  return (
    <details open={open} data-test={test.id}>
      <summary className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {test.verdict && <VerdictBadge verdict={test.verdict} level={test.level} />}
        <span className="font-medium">{levelWords[test.level].label} restore test</span>
        <span className="text-ink-2">
          <TimeCell at={test.finishedAt} form="relative" />, took <DurationCell ms={test.durationMs} />
        </span>
      </summary>
      <div className="mt-3 space-y-3">
        <p className="text-[0.8125rem] text-ink-2">{provesOf(test.level, test.engine)}</p>
        {test.error && <FailureNote failure={test.error} />}
        <TestAgain test={test} />
        <ChecksTable checks={test.checks} />
        {test.evidence && <ConfinementLine facts={test.evidence} />}
        {test.signed && (
          <p className="flex flex-wrap gap-x-4 text-[0.8125rem]">
            <Link className="text-accent underline-offset-4 hover:underline" href={`/admin/restore-tests/${test.id}`}>
              Signed evidence, to print
            </Link>
            <a
              className="text-accent underline-offset-4 hover:underline"
              href={`/api/v1/admin/restore-tests/${test.id}/evidence`}
              download
            >
              Signed file
            </a>
          </p>
        )}
        {test.evidence && (
          <details>
            <summary className="text-[0.8125rem] text-accent">Evidence as recorded</summary>
            <div className="mt-2">
              <CodeBlock text={JSON.stringify(test.evidence, null, 2)} />
            </div>
          </details>
        )}
      </div>
    </details>
  )
}
