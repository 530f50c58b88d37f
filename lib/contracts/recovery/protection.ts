import { z } from 'zod'

/** Everything committed is stored within this time, where nobody asked for another. */
export const usualSliceMs = 60_000

/** `stream`: Holdfast follows the log on the server. `push`: the server hands it in, a segment at a time. */
export const logWaySchema = z.enum(['stream', 'push'])
export type LogWay = z.infer<typeof logWaySchema>

/**
 * How a source is protected. `dumps`: by backups of its usual kind. `continuous`: by base backups, and by its log as it is written, which
 * comes as `log` says. `sliceMs`: a commit is stored at the latest so long after it was made. `destinationIds`: where the log goes;
 * absent: where its scheduled backups go.
 */
export const protectionSchema = z.object({
  dumps: z.boolean().default(true),
  continuous: z.boolean().default(false),
  log: logWaySchema.default('stream'),
  sliceMs: z.number().int().min(2_000).max(3_600_000).default(usualSliceMs),
  destinationIds: z.array(z.uuid()).min(1).optional(),
})
export type Protection = z.infer<typeof protectionSchema>

/** `PATCH /api/v1/admin/sources/{id}`: what is absent stays. */
export const protectionPatchSchema = z
  .object({
    dumps: z.boolean(),
    continuous: z.boolean(),
    log: logWaySchema,
    sliceMs: protectionSchema.shape.sliceMs.unwrap(),
    destinationIds: z.array(z.uuid()).min(1),
  })
  .partial()
  .strict()
