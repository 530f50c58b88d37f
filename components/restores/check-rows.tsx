import type { Check } from '@/lib/contracts/backup'
import { VerdictBadge } from '@/components/cells/verdict-badge'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { plain } from '@/lib/client/words/words'

/** What each check expected and what came out, in the order given. */
export function CheckRows({ label, checks }: { label: string; checks: readonly Check[] }) {
  return (
    <Table label={label}>
      <thead>
        <tr>
          <Th>Check</Th>
          <Th>Verdict</Th>
          <Th className="text-right max-sm:hidden">Expected</Th>
          <Th className="text-right max-sm:hidden">Actual</Th>
        </tr>
      </thead>
      <tbody>
        {checks.map((check, index) => (
          <Tr key={`${check.name}-${index}`}>
            <Td className="max-w-96">
              <span className="break-words">{plain(check.name)}</span>
              {check.detail && <span className="block text-xs break-words text-ink-3">{check.detail}</span>}
              {check.expected !== undefined && (
                <span className="tabular block text-xs break-words text-ink-3 sm:hidden">
                  expected {value(check.expected)}, actual {value(check.actual)}
                </span>
              )}
            </Td>
            <Td>
              <VerdictBadge verdict={check.verdict} />
            </Td>
            <Td className="tabular text-right break-words max-sm:hidden">{value(check.expected)}</Td>
            <Td className="tabular text-right break-words max-sm:hidden">{value(check.actual)}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  )
}

function value(of: string | number | undefined) {
  if (of === undefined) return <span className="text-ink-3">–</span>
  return typeof of === 'number' ? of.toLocaleString('en') : of
}
