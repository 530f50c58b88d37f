'use client'

import { useQuery } from '@tanstack/react-query'
import type { Destination, ProbeReport, StorageCare } from '@/lib/contracts/destination'
import { destinationContracts } from '@/lib/contracts/destinations/index'
import type { Started } from '@/lib/contracts/job'
import { TimeCell } from '@/components/cells/time-cell'
import { RoleButton } from '@/components/shell/role-button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Facts } from '@/components/ui/facts'
import { filledShare } from '@/lib/core/health/destination-findings'
import { api } from '@/lib/client/api'
import { formatBytes } from '@/lib/client/format/bytes'
import { destinationCareQuery } from '@/lib/client/queries/destinations'
import { useAction } from '@/lib/client/hooks/use-action'

const protectionWords = { versioning: 'Versioning', 'object-lock': 'Object lock' } as const

/** What the regular looks at a destination found: whether all is there and whole, how full it is, its rules. */
export function StorageCareCard({ destination: loaded }: { destination: Destination }) {
  const { id } = loaded
  const { data: destination = loaded } = useQuery(destinationCareQuery(id))
  const { care, probe } = destination
  const { lifecycle, protection, storageClasses } = destinationContracts[destination.kind]
  const look = useAction({
    run: (kind: 'inventory' | 'reverify') => api<Started>(`/admin/destinations/${id}/${kind}`, { method: 'POST' }),
    done: (_, kind) => (kind === 'inventory' ? 'The inventory is under way' : 'Reading back is under way'),
  })
  const facts = [
    { name: 'Filled', value: <Filled destination={destination} /> },
    { name: 'Inventory', value: <InventoryFact inventory={care.inventory} /> },
    { name: 'Read back', value: <ReverifyFact reverify={care.reverify} /> },
    ...(lifecycle ? [{ name: 'Safety net', value: <RuleFact rule={care.safetyNet} /> }] : []),
    ...(lifecycle && storageClasses.length > 0
      ? [{ name: 'Classes by age', value: <RuleFact rule={care.transitions} /> }]
      : []),
    ...protection.map((check) => ({ name: protectionWords[check], value: checkFact(probe, check) })),
  ]
  return (
    <Card aria-labelledby="care-title">
      <CardHeader
        id="care-title"
        title="Storage care"
        note="Done every day by itself: an inventory compares what lies there with the catalog, and reading back checks stored bytes."
        actions={
          <>
            <RoleButton
              needs="operator"
              variant="secondary"
              size="sm"
              pending={look.isPending && look.variables === 'inventory'}
              onClick={() => look.mutate('inventory')}
            >
              Take inventory
            </RoleButton>
            <RoleButton
              needs="operator"
              variant="secondary"
              size="sm"
              pending={look.isPending && look.variables === 'reverify'}
              onClick={() => look.mutate('reverify')}
            >
              Read back now
            </RoleButton>
          </>
        }
      />
      <CardBody>
        <Facts items={facts} />
      </CardBody>
    </Card>
  )
}

function Filled({ destination }: { destination: Destination }) {
  const { options, probe, usage } = destination
  const filled = filledShare({
    space: probe?.space ?? null,
    capacityBytes: options.capacityBytes ?? null,
    stored: [{ storageClass: 'default', bytes: usage.storedBytes }],
  })
  if (!filled) return <span className="text-ink-3">not known; set a capacity below</span>
  return (
    <span>
      {Math.floor(filled.share * 100)} %: {formatBytes(filled.usedBytes)} of {formatBytes(filled.ofBytes)}
    </span>
  )
}

const copies = (count: number): string => (count === 1 ? 'one copy' : `${count} copies`)

function InventoryFact({ inventory }: { inventory: StorageCare['inventory'] }) {
  if (!inventory) return <span className="text-ink-3">not taken yet</span>
  return (
    <span>
      {inventory.objects.toLocaleString('en')} objects, {formatBytes(inventory.bytes)},{' '}
      {inventory.brokenCopies === 0 ? (
        'every copy is there'
      ) : (
        <span className="text-bad">{copies(inventory.brokenCopies)} missing or not whole</span>
      )}
      ; <TimeCell at={inventory.at} form="relative" />
    </span>
  )
}

function ReverifyFact({ reverify }: { reverify: StorageCare['reverify'] }) {
  if (!reverify) return <span className="text-ink-3">not begun yet</span>
  return (
    <span>
      {copies(reverify.copies)}, {formatBytes(reverify.bytes)}, <TimeCell at={reverify.at} form="relative" />
      {(reverify.logObjects ?? 0) > 0 && `; ${(reverify.logObjects ?? 0).toLocaleString('en')} objects of the log`}
      {(reverify.brokenLogObjects ?? 0) > 0 && (
        <span className="text-bad">, {(reverify.brokenLogObjects ?? 0).toLocaleString('en')} not whole</span>
      )}
      {reverify.brokenCopies > 0 && <span className="text-bad">; {copies(reverify.brokenCopies)} not whole</span>}
      {reverify.archivedCopies > 0 && `; ${copies(reverify.archivedCopies)} in an archive class, which cannot be read`}
      {reverify.oldestReadAt && (
        <>
          ; every copy was read since <TimeCell at={reverify.oldestReadAt} form="relative" />
        </>
      )}
    </span>
  )
}

const ruleWords = {
  installed: 'in place',
  present: 'in place',
  refused: 'refused by the store',
  unsupported: 'not supported',
  absent: 'none',
} as const

function RuleFact({ rule }: { rule: StorageCare['transitions'] }) {
  if (!rule) return <span className="text-ink-3">not looked at yet</span>
  return (
    <span className={rule.state === 'refused' ? 'text-bad' : undefined}>
      {ruleWords[rule.state]}
      {rule.detail && `: ${rule.detail}`}
    </span>
  )
}

function checkFact(probe: ProbeReport | null, name: keyof typeof protectionWords) {
  const check = probe?.checks.find((each) => each.name === name)
  if (!check) return <span className="text-ink-3">not known; test the destination</span>
  return check.detail ?? (check.result === 'ok' ? 'Enabled' : 'Not enabled')
}
