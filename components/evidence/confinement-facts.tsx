import { BytesCell } from '@/components/cells/bytes-cell'
import { Callout } from '@/components/ui/callout'
import { Facts } from '@/components/ui/facts'
import { type ConfinementReport, confinementReportSchema } from '@/lib/contracts/confinement'
import type { RestoreTestLevel } from '@/lib/contracts/schedule'

const grades: Record<ConfinementReport['grade'], string> = {
  isolated: 'Own user, file system, processes and network',
  'own-user': 'Own user; reaches none of the instance’s files, processes and sockets',
  none: 'Not kept apart',
}
const means: Record<ConfinementReport['by'], string> = {
  bubblewrap: 'bubblewrap',
  'util-linux': 'namespaces of util-linux',
  user: 'a change of user',
  nothing: 'nothing',
}

/** One line to stand beside the verdict. Renders nothing when the test did not restore anything. */
export function ConfinementLine({ facts }: { facts: Record<string, unknown> }) {
  const { data } = confinementReportSchema.safeParse(facts['confinement'])
  if (!data) return null
  return (
    <>
      <AcceptedUnconfined facts={facts} reasons={data.reasons} />
      <p className="text-[0.8125rem] text-ink-2">
        What kept it apart: {grades[data.grade]} ({means[data.by]})
      </p>
    </>
  )
}

function AcceptedUnconfined({ facts, reasons }: { facts: Record<string, unknown>; reasons: readonly string[] }) {
  if (facts['acceptedUnconfined'] !== true) return null
  return (
    <Callout tone="warn" title="An administrator accepted that code of the backup could reach this machine">
      {reasons.join('; ')}
    </Callout>
  )
}

/** What the probe found right before the restore: how far code of the backup was kept from this machine. */
export function ConfinementFacts({ facts, level }: { facts: Record<string, unknown>; level: RestoreTestLevel }) {
  const { data } = confinementReportSchema.safeParse(facts['confinement'])
  if (!data) {
    const why = level === 'quick' ? 'A quick test restores nothing: no code of the backup ran.' : 'Not recorded.'
    return <p className="text-ink-2">{why}</p>
  }
  const { limits } = data
  return (
    <>
      <AcceptedUnconfined facts={facts} reasons={data.reasons} />
      <Facts
        items={[
          { name: 'Confinement', value: grades[data.grade] },
          { name: 'By', value: means[data.by] },
          { name: 'Ran as', value: data.user },
          { name: 'Network', value: data.network },
          { name: 'Namespaces', value: data.namespaces.join(', ') || 'none' },
          { name: 'Probe', value: `tried ${data.tried} things of this instance, reached ${data.reasons.length}` },
          { name: 'Memory of a process', value: <BytesCell bytes={limits.memoryBytes} /> },
          { name: 'Disk', value: <BytesCell bytes={limits.diskBytes} /> },
          { name: 'Processes', value: String(limits.processes) },
        ]}
      />
    </>
  )
}
