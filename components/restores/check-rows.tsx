import type { Check } from '@/lib/contracts/backup'
import { VerdictBadge } from '@/components/cells/verdict-badge'
import { DataTable, type Column } from '@/components/ui/data-table'
import { plain } from '@/lib/client/words/words'

const columns: ReadonlyArray<Column<Check>> = [
  {
    key: 'check',
    header: 'Check',
    className: 'max-w-96',
    cell: (check) => (
      <>
        <span className="break-words">{plain(check.name)}</span>
        {check.detail && <span className="block text-xs break-words text-ink-3">{check.detail}</span>}
        {check.expected !== undefined && (
          <span className="tabular block text-xs break-words text-ink-3 sm:hidden">
            expected {value(check.expected)}, actual {value(check.actual)}
          </span>
        )}
      </>
    ),
  },
  { key: 'verdict', header: 'Verdict', cell: (check) => <VerdictBadge verdict={check.verdict} /> },
  {
    key: 'expected',
    header: 'Expected',
    align: 'end',
    from: 'sm',
    className: 'tabular break-words',
    cell: (check) => value(check.expected),
  },
  {
    key: 'actual',
    header: 'Actual',
    align: 'end',
    from: 'sm',
    className: 'tabular break-words',
    cell: (check) => value(check.actual),
  },
]

/** What each check expected and what came out, in the order given. */
export function CheckRows({ label, checks }: { label: string; checks: readonly Check[] }) {
  return <DataTable label={label} columns={columns} rows={checks} rowKey={(check, index) => `${check.name}-${index}`} />
}

function value(of: string | number | undefined) {
  if (of === undefined) return <span className="text-ink-3">–</span>
  return typeof of === 'number' ? of.toLocaleString('en') : of
}
