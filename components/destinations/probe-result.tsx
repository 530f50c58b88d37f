import { CircleCheck, CircleMinus, CircleX } from 'lucide-react'
import type { ProbeCheck, ProbeReport } from '@/lib/contracts/destination'
import { Callout } from '@/components/ui/callout'
import { FailureNote } from '@/components/ui/failure-note'
import { DataTable, type Column } from '@/components/ui/data-table'
import { formatDuration } from '@/lib/client/format/duration'
import { plain } from '@/lib/client/words/words'

const results = {
  ok: { label: 'works', look: 'text-info', Icon: CircleCheck },
  unsupported: { label: 'not supported', look: 'text-ink-3', Icon: CircleMinus },
  failed: { label: 'failed', look: 'text-bad', Icon: CircleX },
} as const

const columns: ReadonlyArray<Column<ProbeCheck>> = [
  { key: 'check', header: 'Check', className: 'whitespace-nowrap', cell: (check) => plain(check.name) },
  {
    key: 'result',
    header: 'Result',
    cell: (check) => <Result check={check} />,
  },
  {
    key: 'detail',
    header: 'Detail',
    className: 'text-[0.8125rem] break-words text-ink-2',
    cell: (check) => check.detail,
  },
]

/** What the probe tried. Not supported is a fact about the store, not a failure. */
export function ProbeResult({ report }: { report: ProbeReport }) {
  return (
    <div className="space-y-3" data-probe={report.ok ? 'ok' : 'failed'}>
      {report.error ? (
        <FailureNote failure={report.error} />
      ) : (
        <Callout
          tone={report.ok ? 'info' : 'bad'}
          role="status"
          title={report.ok ? 'The destination works' : 'The destination does not work'}
        >
          A small object was written, read back, listed and deleted, in {formatDuration(report.durationMs)}.
        </Callout>
      )}
      {report.checks.length > 0 && (
        <div className="rounded-md border border-line">
          <DataTable label="What was tried" columns={columns} rows={report.checks} rowKey={(check) => check.name} />
        </div>
      )}
    </div>
  )
}

function Result({ check }: { check: ProbeCheck }) {
  const { label, look, Icon } = results[check.result]
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${look}`}>
      <Icon className="size-4" aria-hidden /> {label}
    </span>
  )
}
