import { z } from 'zod'
import { Prisma } from '@/lib/db/generated/client'
import type { Tx } from '@/lib/db/client'
import { toJson } from '@/lib/db/to-json'
import type { Vault } from '@/lib/ports/vault'
import { sealSecrets, unsealSecrets } from '../stored-secrets'
import { sealedColumns, sealedOwners, sealedSettings } from './sealed-places'

const storedSchema = z.object({ sealed: z.string() })

/**
 * Seals every secret of the catalog with another master key, in the caller's transaction: all of them or none. The rows
 * stay locked until it ends. What cannot be opened with the present key stops it, for it would be lost with that key.
 * Answers how many there were.
 */
export async function reseal(tx: Tx, from: Vault, to: Vault): Promise<number> {
  let count = 0
  for (const { table, column, contextOf } of sealedColumns) {
    const [name, sealed] = [Prisma.raw(`"${table}"`), Prisma.raw(`"${column}"`)]
    const rows = await tx.$queryRaw<{ id: string; sealed: string }[]>`
      SELECT id::text, ${sealed} AS sealed FROM ${name} WHERE ${sealed} IS NOT NULL ORDER BY id FOR UPDATE`
    for (const row of rows) {
      const context = contextOf(row.id)
      const anew = await to.seal(await from.unseal(row.sealed, context), context)
      await tx.$executeRaw`UPDATE ${name} SET ${sealed} = ${anew} WHERE id = ${row.id}::uuid`
      count += 1
    }
  }
  for (const type of sealedOwners) {
    const name = Prisma.raw(`"${type}"`)
    const rows = await tx.$queryRaw<{ id: string; sealed: unknown }[]>`
      SELECT id::text, secrets_sealed AS sealed FROM ${name} WHERE secrets_sealed <> '{}' ORDER BY id FOR UPDATE`
    for (const { id, sealed } of rows) {
      const secrets = await unsealSecrets({ vault: from }, { type, id }, sealed)
      const anew = JSON.stringify(await sealSecrets({ vault: to }, { type, id }, secrets))
      await tx.$executeRaw`UPDATE ${name} SET secrets_sealed = ${anew}::jsonb WHERE id = ${id}::uuid`
      count += Object.keys(secrets).length
    }
  }
  for (const key of sealedSettings) {
    const row = await tx.setting.findUnique({ where: { key } })
    if (!row) continue
    const anew = await to.seal(await from.unseal(storedSchema.parse(row.value).sealed, key), key)
    await tx.setting.update({ where: { key }, data: { value: toJson({ sealed: anew }) } })
    count += 1
  }
  return count
}
