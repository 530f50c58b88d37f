import { z } from 'zod'
import { timeSchema } from './common'

/** The recovery key's public half and whether an administrator has stored the kit. The private half is never kept. */
export const recoveryKeySchema = z.object({
  recipient: z.string().nullable().meta({ description: 'age1...; null until a recovery kit was made' }),
  createdAt: timeSchema.nullable(),
})
/** Answer to `POST /api/v1/admin/recovery-kit`: the only time the private half is shown. */
export const recoveryKitSchema = z.object({ recipient: z.string(), fileName: z.string(), text: z.string() })
/** An existing recovery key is only replaced when asked to: backups taken before stay wrapped for the old one. */
export const createRecoveryKitSchema = z.object({ replace: z.boolean().default(false) })
export type RecoveryKit = z.infer<typeof recoveryKitSchema>

export const settingsSchema = z.object({
  instanceId: z.string(),
  version: z.string(),
  recoveryKey: recoveryKeySchema,
  catalog: z.object({ embedded: z.boolean(), serverVersion: z.string(), sizeBytes: z.number() }),
})
export type Settings = z.infer<typeof settingsSchema>
