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

/** A text or a value of JSON that holds one. */
export interface ExposedRecord {
  table: string
  column: string
  type: 'text' | 'jsonb'
  id: string
  value: unknown
}

/** Those of all tables, a column at a time. */
export async function* exposedRecords(tx: Tx): AsyncGenerator<ExposedRecord, void, void> {
  for (const { table, texts, json } of tables) {
    const columns = [
      ...texts.map((column) => ({ column, type: 'text' as const })),
      ...json.map((column) => ({ column, type: 'jsonb' as const })),
    ]
    for (const { column, type } of columns) {
      const [name, field] = [Prisma.raw(`"${table}"`), Prisma.raw(`"${column}"`)]
      const rows = await tx.$queryRaw<{ id: string; value: unknown }[]>(Prisma.sql`
        SELECT id::text, ${field} AS value FROM ${name} WHERE ${field}::text ~* ${suspect}`)
      for (const row of rows) if (exposedPaths(row.value).length > 0) yield { table, column, type, ...row }
    }
  }
}

/** Writes it anew without what it should not hold. */
export async function blankRecord(tx: Tx, { table, column, type, id, value }: ExposedRecord): Promise<void> {
  const masked = maskExposed(value)
  const now = type === 'text' ? String(masked) : JSON.stringify(masked)
  await tx.$executeRaw(Prisma.sql`
    UPDATE ${Prisma.raw(`"${table}"`)} SET ${Prisma.raw(`"${column}"`)} = ${now}::${Prisma.raw(type)}
    WHERE id = ${id}::uuid`)
}
