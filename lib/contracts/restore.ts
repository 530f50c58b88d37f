import { z } from 'zod'
import { failureSchema, idSchema, jobStateSchema, timeSchema } from './common'
import { engineContracts } from './engines/index'

/** What each engine asks of a target, as OpenAPI shows it. */
const targetsByEngine = () =>
  Object.values(engineContracts).map(({ title, restoreTarget }) => ({
    title,
    ...z.toJSONSchema(restoreTarget.extend({ sourceId: idSchema.optional() }), { io: 'input', target: 'openapi-3.0' }),
  }))

/** To a place that does not exist yet, never to one that does. `target` is checked as the engine of the backup's source says. */
export const startRestoreSchema = z.object({
  backupId: idSchema,
  target: z
    .looseObject({
      /** The source whose server and credentials are used; absent: the backup's own. */
      sourceId: idSchema.optional(),
    })
    .meta({ override: ({ jsonSchema }) => void Object.assign(jsonSchema, { anyOf: targetsByEngine() }) }),
})
export type StartRestore = z.infer<typeof startRestoreSchema>

export const restoreSchema = z.object({
  id: idSchema,
  backupId: idSchema,
  jobId: idSchema,
  state: jobStateSchema,
  target: z.looseObject({ sourceId: idSchema, sourceName: z.string() }),
  place: z.string().meta({ description: 'Where it goes, in words' }),
  error: failureSchema.nullable(),
  startedAt: timeSchema,
  finishedAt: timeSchema.nullable(),
  durationMs: z.number().nullable(),
})
export type Restore = z.infer<typeof restoreSchema>
