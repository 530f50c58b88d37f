'use client'

import { useState } from 'react'
import type { Check } from '@/lib/contracts/backup'
import { VerdictBadge } from '@/components/cells/verdict-badge'
import { Button } from '@/components/ui/button'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { plain } from '@/lib/client/words'

const atFirst = 15
const order = { failed: 0, inconclusive: 1, passed: 2 } as const

/** What was expected and what came out; what is wrong stands first, the rest on demand: there may be thousands. */
export function ChecksTable({ checks }: { checks: readonly Check[] }) {
  const [all, setAll] = useState(false)
  if (checks.length === 0) return <p className="text-ink-3">No check was reached.</p>
  const sorted = checks.toSorted((a, b) => order[a.verdict] - order[b.verdict])
  const shown = all ? sorted : sorted.slice(0, atFirst)
  return (
    <div className="rounded-md border border-line">
      <Table label="Checks">
        <thead>
          <tr>
            <Th>Check</Th>
            <Th>Verdict</Th>
            <Th className="text-right">Expected</Th>
            <Th className="text-right">Actual</Th>
          </tr>
        </thead>
        <tbody>
          {shown.map((check, index) => (
            <Tr key={`${check.name}-${index}`}>
              <Td className="max-w-96">
                <span className="break-words">{plain(check.name)}</span>
                {check.detail && <span className="block text-xs break-words text-ink-3">{check.detail}</span>}
              </Td>
              <Td>
                <VerdictBadge verdict={check.verdict} />
              </Td>
              <Td className="tabular text-right">{value(check.expected)}</Td>
              <Td className="tabular text-right">{value(check.actual)}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      {sorted.length > atFirst && (
        <div className="border-t border-line p-2 text-center">
          <Button variant="ghost" size="sm" onClick={() => setAll(!all)}>
            {all ? 'Show fewer' : `Show all ${sorted.length} checks`}
          </Button>
        </div>
      )}
    </div>
  )
}

function value(of: string | number | undefined) {
  if (of === undefined) return <span className="text-ink-3">–</span>
  return typeof of === 'number' ? of.toLocaleString('en') : <span className="break-words">{of}</span>
}
