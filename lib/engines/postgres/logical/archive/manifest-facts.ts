import { z } from 'zod'
import type { Manifest } from '@/lib/contracts/repository/manifest'
import { dataPartsOf } from './parts'
import type { DatabaseLocale } from '@/lib/engines/postgres/connect/server-facts'

/** The facts this engine wrote into the manifest, read with care: an older Holdfast may have written fewer. */
const factsSchema = z.object({
  serverMajor: z.number().int().optional(),
  encoding: z.string().default('UTF8'),
  collate: z.string().default('C'),
  ctype: z.string().default('C'),
  provider: z.enum(['libc', 'icu', 'builtin']).default('libc'),
  icu: z.string().nullable().default(null),
  icuRules: z.string().nullable().default(null),
  collationVersion: z.string().nullable().default(null),
  databaseBytes: z.number().default(0),
  relationCount: z.number().default(0),
  unvalidatedConstraints: z.number().optional(),
  extensions: z.array(z.object({ name: z.string() })).default([]),
  session: z.record(z.string(), z.string()).default({}),
  usesMoney: z.boolean().default(false),
  preload: z.array(z.string()).nullable().default(null),
})

export interface ManifestFacts {
  serverMajor: number
  toolMajor: number
  locale: DatabaseLocale
  databaseBytes: number
  /** Of the archive and all data parts. */
  archiveBytes: number
  relationCount: number
  unvalidatedConstraints: number | undefined
  extensions: string[]
  /** What a session of the source's begins with, as far as it shapes results; empty: the backup does not tell. */
  session: Record<string, string>
  /** Whether there are amounts of type `money`, whose text depends on a locale. */
  usesMoney: boolean
  /** Libraries that the source's server loads at its start; null: the backup does not tell. */
  preload: string[] | null
}

export function manifestFacts(manifest: Manifest): ManifestFacts {
  const facts = factsSchema.parse(manifest.facts)
  const serverMajor = facts.serverMajor ?? Number.parseInt(manifest.engineVersion ?? '', 10)
  const { encoding, collate, ctype, provider, icu, icuRules, collationVersion, session, usesMoney, preload } = facts
  return {
    serverMajor,
    toolMajor: Number.parseInt(manifest.tool?.version ?? '', 10) || serverMajor,
    locale: { encoding, collate, ctype, provider, icu, icuRules, collationVersion },
    databaseBytes: facts.databaseBytes,
    archiveBytes: dataPartsOf(manifest).reduce((sum, part) => sum + part.sourceBytes, 0),
    relationCount: facts.relationCount,
    unvalidatedConstraints: facts.unvalidatedConstraints,
    extensions: facts.extensions.map((extension) => extension.name).filter((name) => name !== 'plpgsql'),
    session,
    usesMoney,
    preload,
  }
}
