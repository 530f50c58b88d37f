import { z } from 'zod'

/**
 * One number that an engine counted in what it backed up: rows, tables, keys, files. What is usual is judged from them, for
 * every engine alike.
 */
export const measureSchema = z.object({
  /** What was counted, in the plural: `rows`. */
  name: z.string().regex(/^[a-z][a-z-]{0,40}$/),
  /** `items`: what the data is made of. `containers`: what holds the items, so that one that is gone is news by itself. */
  of: z.enum(['items', 'containers']),
  unit: z.enum(['count', 'bytes']).default('count'),
  value: z.number().nonnegative(),
})
export type Measure = z.infer<typeof measureSchema>
export const measuresSchema = z.array(measureSchema)
