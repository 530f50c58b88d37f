import type { Manifest } from '@/lib/contracts/repository/manifest'

/** What the engine counted, and where the backup is from, for the columns that retention and anomaly baselines read. */
export function measuredFacts({ measures, identity }: Pick<Manifest, 'measures' | 'identity'>) {
  const counted = (of: 'items' | 'containers') => measures.find((measure) => measure.of === of)?.value
  const [items, containers] = [counted('items'), counted('containers')]
  return {
    rowEstimate: items === undefined ? null : BigInt(Math.round(items)),
    tableCount: containers ?? null,
    identity,
  }
}
