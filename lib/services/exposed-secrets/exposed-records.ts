import { exposedPaths, maskExposed } from '@/lib/core/secrets/exposed-secret'
import type { Tx } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'

/** What may hold one, asked of the database first; the exact rule is `maskExposed`. */
export const suspect = String.raw`://[^[:space:]:/@]*:[^[:space:]]+@|password[[:space:]]*=|PGPASSWORD`

/** Tables that keep what happened, with their columns of free text and of JSON. What is signed is not among them. */
const tables = [
  { table: 'alert', texts: ['title', 'body'], json: ['facts'] },
  { table: 'alert_delivery', texts: ['error'], json: [] },
  { table: 'job', texts: ['log', 'wait_reason', 'host'], json: ['error', 'input', 'progress'] },
  { table: 'backup_history', texts: ['log', 'note'], json: ['error'] },
  { table: 'backup_copy', texts: [], json: ['error'] },
  { table: 'restore', texts: [], json: ['error', 'target'] },
  { table: 'restore_test', texts: [], json: ['error'] },
  { table: 'approval', texts: ['summary', 'decision'], json: ['input'] },
  { table: 'source', texts: [], json: ['inspection'] },
  { table: 'destination', texts: [], json: ['probe'] },
] as const

/** Counts the rows that hold one, and blanks it in them when asked to. */
export async function exposedRecords(tx: Tx, redact: boolean): Promise<number> {
  let count = 0
  for (const { table, texts, json } of tables) {
    const columns = [
      ...texts.map((column) => ({ column, type: 'text' })),
      ...json.map((column) => ({ column, type: 'jsonb' })),
    ]
    for (const { column, type } of columns) {
      const [name, field] = [Prisma.raw(`"${table}"`), Prisma.raw(`"${column}"`)]
      const rows = await tx.$queryRaw<{ id: string; value: unknown }[]>(Prisma.sql`
        SELECT id::text, ${field} AS value FROM ${name} WHERE ${field}::text ~* ${suspect}`)
      for (const { id, value } of rows) {
        if (exposedPaths(value).length === 0) continue
        count += 1
        if (!redact) continue
        const masked = maskExposed(value)
        const now = type === 'text' ? String(masked) : JSON.stringify(masked)
        await tx.$executeRaw(
          Prisma.sql`UPDATE ${name} SET ${field} = ${now}::${Prisma.raw(type)} WHERE id = ${id}::uuid`,
        )
      }
    }
  }
  return count
}
