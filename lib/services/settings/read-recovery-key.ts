import { z } from 'zod'
import type { Tx } from '@/lib/db/client'

/** Setting that holds the recovery key's public half: `{ recipient, createdAt }`. */
export const recoveryKeySetting = 'recovery-key'
const storedSchema = z.object({ recipient: z.string(), createdAt: z.string() })

/** The recovery key's public half, for which every backup's identity is wrapped too; null until a kit was made. */
export async function readRecoveryKey(tx: Tx): Promise<z.infer<typeof storedSchema> | null> {
  const row = await tx.setting.findUnique({ where: { key: recoveryKeySetting } })
  return row ? storedSchema.parse(row.value) : null
}
