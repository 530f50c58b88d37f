import { z } from 'zod'
import type { Tx } from '@/lib/db/client'
import { toJson } from '@/lib/db/to-json'

const instanceSchema = z.object({ id: z.string() })
const recoveryKeySchema = z.object({ recipient: z.string(), createdAt: z.string() })

/** This instance's id, made once. It stands in every manifest, so that a bucket tells whose backups it holds. */
export async function instanceId(tx: Tx): Promise<string> {
  await tx.setting.createMany({
    data: { key: 'instance', value: toJson({ id: crypto.randomUUID() }) },
    skipDuplicates: true,
  })
  const row = await tx.setting.findUniqueOrThrow({ where: { key: 'instance' } })
  return instanceSchema.parse(row.value).id
}

/** The recovery key's public half; null until a recovery kit was made. */
export async function recoveryRecipient(tx: Tx): Promise<string | null> {
  const row = await tx.setting.findUnique({ where: { key: 'recovery-key' } })
  return row ? recoveryKeySchema.parse(row.value).recipient : null
}
