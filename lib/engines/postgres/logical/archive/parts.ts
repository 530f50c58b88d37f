import { z } from 'zod'
import type { Manifest, ManifestPart } from '@/lib/contracts/repository/manifest'

/**
 * `archive`: a pg_dump custom archive with the whole schema, and all data that no `data` part holds. `data`: a custom
 * archive with the rows of some large tables, of the same snapshot. `globals`: roles and tablespaces as SQL.
 */
export type PartRole = 'archive' | 'data' | 'globals'

/** The one part of a role there is one of. */
export function partOf(manifest: Pick<Manifest, 'parts'>, role: 'archive' | 'globals'): ManifestPart | undefined {
  return manifest.parts.find((part) => part.role === role)
}

/** The parts with rows: the archive first. */
export function dataPartsOf(manifest: Pick<Manifest, 'parts'>): ManifestPart[] {
  return manifest.parts
    .filter((part) => part.role !== 'globals')
    .sort((a, b) => Number(a.role === 'data') - Number(b.role === 'data'))
}

const factsSchema = z.object({ tables: z.array(z.object({ schema: z.string(), name: z.string() })).default([]) })

/** Of a `data` part: the tables whose rows it holds. */
export const tablesOf = (part: Pick<ManifestPart, 'facts'>): { schema: string; name: string }[] =>
  factsSchema.parse(part.facts).tables
