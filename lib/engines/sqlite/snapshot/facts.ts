import { z } from 'zod'
import type { Manifest, ManifestPart } from '@/lib/contracts/repository/manifest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { type Examined, examinedSchema } from '../reader/answers'

export const databaseRole = 'database'

/** A name below a folder, of a file there: nothing in a manifest may lead anywhere else. */
const relativeSchema = z
  .string()
  .min(1)
  .max(4_000)
  .refine((path) => path.split('/').every((name) => !['', '.', '..'].includes(name)) && !path.includes('\0'))

const partFactsSchema = examinedSchema.extend({ path: relativeSchema })
export type PartFacts = Examined & { path: string }

const manifestFactsSchema = z.object({
  /** The source was a pattern: the databases are restored into a folder. */
  pattern: z.boolean(),
})
export type ManifestFacts = z.infer<typeof manifestFactsSchema>

export function manifestFacts(manifest: Pick<Manifest, 'facts'>): ManifestFacts {
  const parsed = manifestFactsSchema.safeParse(manifest.facts)
  if (parsed.success) return parsed.data
  throw new HoldfastError('object-damaged', 'The manifest does not say how the databases were named.')
}

export const dataParts = ({ parts }: Pick<Manifest, 'parts'>): ManifestPart[] =>
  parts.filter(({ role }) => role === databaseRole)

/** What was recorded when the part was copied; throws `object-damaged` for what no backup of Holdfast says. */
export function partFacts(part: Pick<ManifestPart, 'facts' | 'file'>): PartFacts {
  const parsed = partFactsSchema.safeParse(part.facts)
  if (parsed.success) return parsed.data
  throw new HoldfastError('object-damaged', `The manifest does not say what ${part.file} holds.`)
}

/** Where a part belongs, for people and by hand; null where nothing says it. */
export const pathOfPart = (facts: unknown): string | null =>
  z.object({ path: relativeSchema }).safeParse(facts).data?.path ?? null
