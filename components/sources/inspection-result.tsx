import type { ReactNode } from 'react'
import type { EngineName } from '@/lib/contracts/common'
import { measureTitle, valueInWords } from '@/lib/contracts/repository/measure-words'
import { foundMeasures, type Inspection } from '@/lib/contracts/source'
import { BytesCell } from '@/components/cells/bytes-cell'
import { DurationCell } from '@/components/cells/duration-cell'
import { engineScreen } from '@/components/engines/index'
import { Callout } from '@/components/ui/callout'
import { Facts } from '@/components/ui/facts'
import { FailureNote } from '@/components/ui/failure-note'
import { FindingNote } from './finding-note'

interface InspectionResultProps {
  engine: EngineName
  inspection: Inspection
  /** What can be taken instead of what was refused; absent where nothing can be changed. */
  offers?: ReactNode
}

/** What the connection test found: facts, and what is not right with the way to put it right. */
export function InspectionResult({ engine, inspection, offers }: InspectionResultProps) {
  return (
    <div className="space-y-3" data-inspection={inspection.ok ? 'ok' : 'failed'}>
      {inspection.error ? (
        <>
          <FailureNote failure={inspection.error} />
          {offers}
        </>
      ) : (
        <Callout tone="info" title="The connection works" role="status">
          {inspection.findings.some((finding) => finding.severity === 'error')
            ? 'But a backup would not be complete; see below.'
            : 'A backup can be taken with these settings.'}
        </Callout>
      )}
      {inspection.ok && (
        <Facts
          items={[
            {
              name: 'Size',
              value: inspection.databaseBytes === undefined ? null : <BytesCell bytes={inspection.databaseBytes} />,
            },
            ...foundMeasures(inspection).map(({ name, unit, value }) => ({
              name: measureTitle(name),
              value: valueInWords(unit, value),
            })),
            ...engineScreen(engine).inspectionFacts(inspection),
            { name: 'Answer after', value: <DurationCell ms={inspection.latencyMs} none="unknown" /> },
          ]}
        />
      )}
      {inspection.findings.map((finding) => (
        <FindingNote key={`${finding.code}-${finding.message}`} finding={finding} />
      ))}
      {inspection.unreadable.length > 0 && (
        <details className="text-[0.8125rem]">
          <summary className="font-medium text-bad">
            {inspection.unreadable.length} objects the role may not read
          </summary>
          <ul className="mt-2 max-h-48 list-disc overflow-y-auto pl-5 font-mono text-xs">
            {inspection.unreadable.map((name) => (
              <li key={name} className="break-all">
                {name}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}
