import type { CompressionAdvice } from '@/lib/contracts/compression-advice'
import type { Compression } from '@/lib/contracts/engines/common'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { formatBytes } from '@/lib/client/format/bytes'

interface Choice {
  compression: Compression
  level: number
}

interface CompressionAdviceTableProps {
  advice: CompressionAdvice
  /** What the form has now. */
  current: Choice
  onUse: (compression: Compression, level: number) => void
}

const same = (a: Choice, b: Choice) =>
  a.compression === b.compression && (a.level === b.level || a.compression === 'none')
const named = ({ compression, level }: Choice) => (compression === 'none' ? 'none' : `${compression} ${level}`)

/** What was measured, smallest first, with the recommendation and its reason above it. */
export function CompressionAdviceTable({ advice, current, onUse }: CompressionAdviceTableProps) {
  const { recommended } = advice
  const rows = advice.measured.toSorted((a, b) => b.ratio - a.ratio)
  return (
    <div className="space-y-3" data-advice={named(recommended)}>
      <Callout
        tone="info"
        role="status"
        title={advice.sentence}
        actions={
          same(current, recommended) ? (
            <Badge>chosen</Badge>
          ) : (
            <Button size="sm" onClick={() => onUse(recommended.compression, recommended.level)}>
              Use {named(recommended)}
            </Button>
          )
        }
      >
        {advice.reason}
      </Callout>
      <Table label="Compressions measured">
        <thead>
          <tr>
            <Th>Compression</Th>
            <Th className="text-right">Ratio</Th>
            <Th className="text-right">Speed</Th>
            <Th className="text-right max-sm:hidden">Of 1 GiB</Th>
            <Th>
              <span className="sr-only">Choose</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Tr key={named(row)}>
              <Td>
                {named(row)}
                {same(row, recommended) && <span className="ml-2 text-xs text-ink-3">recommended</span>}
              </Td>
              <Td className="tabular text-right">{row.ratio.toFixed(2)}x</Td>
              <Td className="tabular text-right whitespace-nowrap">{Math.round(row.bytesPerSecond / 1e6)} MB/s</Td>
              <Td className="tabular text-right whitespace-nowrap max-sm:hidden">{formatBytes(2 ** 30 / row.ratio)}</Td>
              <Td className="text-right">
                {same(row, current) ? (
                  <span className="text-xs text-ink-3">chosen</span>
                ) : (
                  <Button
                    variant="link"
                    size="inline"
                    aria-label={`Use ${named(row)}`}
                    onClick={() => onUse(row.compression, row.level)}
                  >
                    Use this
                  </Button>
                )}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      <p className="text-xs break-words text-ink-3">
        Measured on {formatBytes(advice.sampleBytes)} of {advice.tables.join(', ')}, by one compressor of the machine
        that serves this page.
        {advice.unavailable.map(({ compression, remedy }) => ` ${compression} is not installed there. ${remedy}`)}
      </p>
    </div>
  )
}
