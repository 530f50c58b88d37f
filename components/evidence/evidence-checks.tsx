import type { Check } from '@/lib/contracts/backup'
import { VerdictBadge } from '@/components/cells/verdict-badge'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { plain } from '@/lib/client/words'

/** All checks in the order they were made: paper has no button for more. */
export function EvidenceChecks({ checks }: { checks: readonly Check[] }) {
  return (
    <Table label="Every check">
      <thead>
        <tr>
          <Th>Check</Th>
          <Th>Verdict</Th>
          <Th className="text-right">Expected</Th>
          <Th className="text-right">Actual</Th>
        </tr>
      </thead>
      <tbody>
        {checks.map((check, index) => (
          <Tr key={index}>
            <Td className="max-w-96">
              <span className="break-words">{plain(check.name)}</span>
              {check.detail && <span className="block text-xs break-words text-ink-3">{check.detail}</span>}
            </Td>
            <Td>
              <VerdictBadge verdict={check.verdict} />
            </Td>
            <Td className="tabular text-right break-words">{check.expected ?? '–'}</Td>
            <Td className="tabular text-right break-words">{check.actual ?? '–'}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  )
}
