import { z } from 'zod'

/**
 * Version 1 of the manifest: one engine, one way to take a backup. It is no longer written, but stays readable
 * indefinitely; the samples in test/fixtures/version-1 ensure this. Only fields that changed in version 2 are named here.
 */
const version1Schema = z.looseObject({
  version: z.literal(1),
  source: z.looseObject({ database: z.string().optional() }),
  kind: z.string(),
  serverVersion: z.string(),
  toolVersion: z.string(),
  engineFacts: z.record(z.string(), z.unknown()).default({}),
  encryption: z
    .object({
      identityFile: z.string(),
      identityRecipient: z.string(),
      wrappedFor: z.array(z.string()),
      identitySha256: z.string(),
    })
    .nullable(),
  parts: z.array(
    z.looseObject({
      encryption: z.enum(['age', 'none']),
      tables: z.array(z.object({ schema: z.string(), name: z.string() })).optional(),
    }),
  ),
})

/** A manifest of version 1 as one of version 2; anything else as it is, for the schema of today to judge. */
export function upgradeManifest(value: unknown): unknown {
  const read = version1Schema.safeParse(value)
  if (!read.success) return value
  const { kind, serverVersion, toolVersion, engineFacts, encryption, parts, source, ...same } = read.data
  const { database, ...known } = source
  return {
    ...same,
    version: 2,
    source: { ...known, label: database ?? null },
    method: kind,
    identity: identityOf(engineFacts),
    engineVersion: serverVersion,
    tool: { name: 'pg_dump', version: toolVersion },
    facts: engineFacts,
    measures: measuresOf(engineFacts),
    chain: null,
    range: null,
    earliestTarget: null,
    latestTarget: null,
    encryption: encryption && {
      format: 'age',
      keyFile: encryption.identityFile,
      keySha256: encryption.identitySha256,
      recipient: encryption.identityRecipient,
      wrappedFor: encryption.wrappedFor.map((id) => ({ kind: 'age', id })),
    },
    parts: parts.map(({ encryption: format, tables, ...part }) => ({
      ...part,
      encrypted: format === 'age',
      facts: tables ? { tables } : {},
    })),
  }
}

function identityOf({ serverMajor, systemIdentifier }: Record<string, unknown>): string | null {
  if (typeof serverMajor !== 'number') return null
  return typeof systemIdentifier === 'string' ? `${serverMajor}/${systemIdentifier}` : String(serverMajor)
}

function measuresOf({ rowEstimate, tableCount }: Record<string, unknown>): object[] {
  return [
    ...(typeof rowEstimate === 'number' && rowEstimate >= 0
      ? [{ name: 'rows', of: 'items', value: Math.round(rowEstimate) }]
      : []),
    ...(typeof tableCount === 'number' && tableCount >= 0
      ? [{ name: 'tables', of: 'containers', value: tableCount }]
      : []),
  ]
}
