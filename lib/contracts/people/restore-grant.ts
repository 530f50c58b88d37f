import { z } from 'zod'
import { idSchema, timeSchema } from '../common'

/** An administrator's word that backups of one source may be restored with the role of another. */
export const restoreGrantSchema = z.object({
  id: idSchema,
  sourceId: idSchema,
  targetId: idSchema,
  targetName: z.string(),
  grantedBy: z.string().meta({ description: 'Who allowed it' }),
  grantedAt: timeSchema,
})
export type RestoreGrant = z.infer<typeof restoreGrantSchema>

export const restoreGrantsSchema = z.object({ items: z.array(restoreGrantSchema) })

/** `POST /api/v1/admin/sources/{id}/restore-grants`. */
export const createRestoreGrantSchema = z.object({ targetId: idSchema })
export type CreateRestoreGrant = z.infer<typeof createRestoreGrantSchema>
