'use client'

import { useState } from 'react'
import type { Check } from '@/lib/contracts/backup'
import { Button } from '@/components/ui/button'
import { CheckRows } from './check-rows'

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
      <CheckRows label="Checks" checks={shown} />
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
