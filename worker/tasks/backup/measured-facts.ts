/** What the engine counted and said of the server, for the columns that retention and anomaly baselines read. */
export function measuredFacts(facts: Record<string, unknown>) {
  const { rowEstimate, tableCount, serverMajor, systemIdentifier } = facts
  const major = typeof serverMajor === 'number' ? String(serverMajor) : null
  return {
    rowEstimate: typeof rowEstimate === 'number' ? BigInt(Math.round(rowEstimate)) : null,
    tableCount: typeof tableCount === 'number' ? tableCount : null,
    identity: typeof systemIdentifier === 'string' && major ? `${major}/${systemIdentifier}` : major,
  }
}
