import { z } from 'zod'

export const measureUnitSchema = z.enum(['count', 'bytes'])
export type MeasureUnit = z.infer<typeof measureUnitSchema>

/**
 * One number that an engine counted in what it backed up: rows, tables, keys, files. What is usual is judged from them, for
 * every engine alike. Names are open: what reads them knows those of measure-words.ts by word, and spells out the others.
 */
export const measureSchema = z.object({
  /** What was counted, in the plural: `rows`. No name of what every backup has: `size`, `ownMeasures`. */
  name: z.string().regex(/^[a-z][a-z-]{0,40}$/),
  /** `items`: what the data is made of. `containers`: what holds the items, so that one that is gone is news by itself. */
  of: z.enum(['items', 'containers']),
  unit: measureUnitSchema.default('count'),
  value: z.number().nonnegative(),
})
export type Measure = z.infer<typeof measureSchema>
export const measuresSchema = z.array(measureSchema)

/** The value of the same measure among others; null where it was not counted. */
export function measuredValue(measures: readonly Measure[], sought: Pick<Measure, 'name' | 'unit'>): number | null {
  return measures.find(({ name, unit }) => name === sought.name && unit === sought.unit)?.value ?? null
}
