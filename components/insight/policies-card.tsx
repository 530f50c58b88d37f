import type { PolicyInsight } from '@/lib/contracts/insight'
import { BytesCell } from '@/components/cells/bytes-cell'
import { Card, CardHeader } from '@/components/ui/card'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { formatMoney } from '@/lib/client/format/money'

/** What each retention policy keeps now, and in the long run at today's sizes. */
export function PoliciesCard({ policies, currency }: { policies: readonly PolicyInsight[]; currency: string }) {
  return (
    <Card aria-labelledby="policies-title">
      <CardHeader
        id="policies-title"
        title="Cost by retention policy"
        note="Today, and once each policy keeps all that it may, at today's sizes and schedules"
      />
      <Table label="Cost by retention policy">
        <thead>
          <tr>
            <Th>Policy</Th>
            <Th className="text-right max-sm:hidden">Sources</Th>
            <Th className="text-right max-sm:hidden">Stored</Th>
            <Th className="text-right">A month</Th>
            <Th className="text-right">In the long run</Th>
          </tr>
        </thead>
        <tbody>
          {policies.map((policy) => (
            <Tr key={policy.policyId ?? 'none'}>
              <Td>{policy.name}</Td>
              <Td className="tabular text-right max-sm:hidden">{policy.sources}</Td>
              <Td className="text-right max-sm:hidden">
                <BytesCell bytes={policy.storedBytes} />
              </Td>
              <Td className="tabular text-right whitespace-nowrap">{formatMoney(policy.perMonth, currency)}</Td>
              <Td className="tabular text-right">
                {policy.steady ? (
                  <>
                    {formatMoney(policy.steady.perMonth, currency)}
                    <span className="block text-xs text-ink-3">
                      {policy.steady.backups.toLocaleString('en')} copies,{' '}
                      <BytesCell bytes={policy.steady.storedBytes} />
                    </span>
                  </>
                ) : (
                  <span className="text-ink-3">grows without end</span>
                )}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Card>
  )
}
