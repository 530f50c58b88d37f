import type { PolicyInsight } from '@/lib/contracts/insight'
import { BytesCell } from '@/components/cells/bytes-cell'
import { Card, CardHeader } from '@/components/ui/card'
import { DataTable, type Column } from '@/components/ui/data-table'
import { formatMoney } from '@/lib/client/format/money'

const columnsOf = (currency: string): ReadonlyArray<Column<PolicyInsight>> => [
  { key: 'policy', header: 'Policy', cell: (policy) => policy.name },
  {
    key: 'sources',
    header: 'Sources',
    align: 'end',
    from: 'sm',
    className: 'tabular',
    cell: (policy) => policy.sources,
  },
  {
    key: 'stored',
    header: 'Stored',
    align: 'end',
    from: 'sm',
    cell: (policy) => <BytesCell bytes={policy.storedBytes} />,
  },
  {
    key: 'a-month',
    header: 'A month',
    align: 'end',
    className: 'tabular whitespace-nowrap',
    cell: (policy) => formatMoney(policy.perMonth, currency),
  },
  {
    key: 'in-the-long-run',
    header: 'In the long run',
    align: 'end',
    className: 'tabular',
    cell: (policy) =>
      policy.steady ? (
        <>
          {formatMoney(policy.steady.perMonth, currency)}
          <span className="block text-xs text-ink-3">
            {policy.steady.backups.toLocaleString('en')} copies, <BytesCell bytes={policy.steady.storedBytes} />
          </span>
        </>
      ) : (
        <span className="text-ink-3">grows without end</span>
      ),
  },
]

/** What each retention policy keeps now, and in the long run at today's sizes. */
export function PoliciesCard({ policies, currency }: { policies: readonly PolicyInsight[]; currency: string }) {
  return (
    <Card aria-labelledby="policies-title">
      <CardHeader
        id="policies-title"
        title="Cost by retention policy"
        note="Today, and once each policy keeps all that it may, at today's sizes and schedules"
      />
      <DataTable
        label="Cost by retention policy"
        columns={columnsOf(currency)}
        rows={policies}
        rowKey={(policy) => policy.policyId ?? 'none'}
      />
    </Card>
  )
}
