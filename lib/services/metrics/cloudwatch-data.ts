import type { MetricDatum } from '@aws-sdk/client-cloudwatch'
import type { MetricFacts } from './metric-facts'

/** Every custom metric is billed by CloudWatch; sources and destinations above this are left out, by name. */
const mostSubjects = 500

type Unit = 'Count' | 'Seconds' | 'Bytes'

/** The main gauges as CloudWatch takes them: of the instance without dimensions, of sources and destinations by name. */
export function cloudWatchData(facts: MetricFacts): MetricDatum[] {
  const at = facts.at
  const datum = (
    name: string,
    value: number | null,
    unit: Unit,
    dimension?: { Name: 'Source' | 'Destination'; Value: string },
  ): MetricDatum[] =>
    value === null
      ? []
      : [
          {
            MetricName: name,
            Value: value,
            Unit: unit,
            Timestamp: at,
            ...(dimension ? { Dimensions: [dimension] } : {}),
          },
        ]
  const since = (then: Date | null | undefined) => (then ? Math.max(0, (at.getTime() - then.getTime()) / 1_000) : null)
  const queued = (state: string) =>
    facts.queue.filter((group) => group.state === state).reduce((sum, group) => sum + group.count, 0)
  const open = [...facts.alertsOpen.values()].reduce((sum, count) => sum + count, 0)
  return [
    ...datum('WorkersAlive', facts.workers.alive, 'Count'),
    ...datum('JobsQueued', queued('queued'), 'Count'),
    ...datum('JobsRunning', queued('running'), 'Count'),
    ...datum('AlertsOpen', open, 'Count'),
    ...datum('SourcesFailing', facts.sources.filter((source) => source.failing).length, 'Count'),
    ...facts.sources.slice(0, mostSubjects).flatMap((source) => {
      const named = { Name: 'Source', Value: source.name } as const
      return [
        ...datum('BackupFailing', source.failing ? 1 : 0, 'Count', named),
        ...datum('Exposure', since(source.good?.storedUntil), 'Seconds', named),
        ...datum('ProvenExposure', since(source.provenUpTo), 'Seconds', named),
        ...datum('StoredBytes', source.good?.storedBytes ?? null, 'Bytes', named),
        ...datum('RestoreTestAge', since(source.provenAt), 'Seconds', named),
      ]
    }),
    ...facts.destinations.slice(0, mostSubjects).flatMap((destination) => {
      const named = { Name: 'Destination', Value: destination.name } as const
      return [
        ...datum('DestinationUp', destination.up === null ? null : destination.up ? 1 : 0, 'Count', named),
        ...datum('DestinationBytes', destination.storedBytes, 'Bytes', named),
      ]
    }),
  ]
}
