import { z } from 'zod'
import { timeSchema } from './common'

/** `made`: nobody has shown yet that it was stored, by typing its check word back. */
export const recoveryKitStates = ['none', 'made', 'confirmed'] as const

/** The recovery key's public half and whether an administrator has stored the kit. The private half is never kept. */
export const recoveryKeySchema = z.object({
  state: z.enum(recoveryKitStates),
  recipient: z.string().nullable().meta({ description: 'age1...; null until a recovery kit was made' }),
  createdAt: timeSchema.nullable(),
  confirmedAt: timeSchema.nullable(),
})

/** `GET /api/v1/admin/recovery-kit`: the kit's state, and how many of the backups it opens in each of their copies. */
export const recoveryKitStateSchema = recoveryKeySchema.extend({
  hasCheckWord: z.boolean().meta({ description: 'False: a kit of an earlier version, which can only be replaced' }),
  backups: z.object({ total: z.number().int(), opened: z.number().int() }),
})
export type RecoveryKitState = z.infer<typeof recoveryKitStateSchema>

/** `POST /api/v1/admin/recovery-kit/confirm`: what the kit prints; case and the dash do not count. */
export const confirmRecoveryKitSchema = z.object({ checkWord: z.string().trim().min(1).max(64) })
export type ConfirmRecoveryKit = z.infer<typeof confirmRecoveryKitSchema>

/** Answer to `POST /api/v1/admin/recovery-kit`: the only time the private half is shown. */
export const recoveryKitSchema = z.object({ recipient: z.string(), fileName: z.string(), text: z.string() })
/** An existing recovery key is only replaced when asked to. The new one opens the backups there are too, once they are wrapped for it. */
export const createRecoveryKitSchema = z.object({ replace: z.boolean().default(false) })
export type RecoveryKit = z.infer<typeof recoveryKitSchema>

export const settingsSchema = z.object({
  instanceId: z.string(),
  version: z.string(),
  recoveryKey: recoveryKeySchema,
  catalog: z.object({ embedded: z.boolean(), serverVersion: z.string(), sizeBytes: z.number() }),
})
export type Settings = z.infer<typeof settingsSchema>
