import { z } from 'zod'
import type { Tx } from '@/lib/db/client'
import { toJson } from '@/lib/db/to-json'

const instanceSchema = z.object({ id: z.string() })

/** This instance's id, created once. Every manifest names it, so that a bucket shows whose backups it holds. */
export async function instanceId(tx: Tx): Promise<string> {
  await tx.setting.createMany({
    data: { key: 'instance', value: toJson({ id: crypto.randomUUID() }) },
    skipDuplicates: true,
  })
  const row = await tx.setting.findUniqueOrThrow({ where: { key: 'instance' } })
  return instanceSchema.parse(row.value).id
}
