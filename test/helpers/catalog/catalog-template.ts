import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

const rights = path.resolve(import.meta.dirname, '../../../lib/db/limited-rights.ts')

/** The template's name follows what it is made from, so that a changed schema never meets an old template. */
export async function catalogTemplateName(migrations: string): Promise<string> {
  const hash = createHash('sha256').update(await readFile(rights))
  for (const name of (await readdir(migrations)).sort()) {
    const sql = await readFile(path.join(migrations, name, 'migration.sql')).catch(() => null)
    if (sql) hash.update(name).update(sql)
  }
  return `hf_template_${hash.digest('hex').slice(0, 16)}`
}
