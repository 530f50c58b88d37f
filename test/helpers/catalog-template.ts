import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

/** The template's name follows the migrations' content, so that a changed schema never meets an old template. */
export async function catalogTemplateName(migrations: string): Promise<string> {
  const hash = createHash('sha256')
  for (const name of (await readdir(migrations)).sort()) {
    const sql = await readFile(path.join(migrations, name, 'migration.sql')).catch(() => null)
    if (sql) hash.update(name).update(sql)
  }
  return `hf_template_${hash.digest('hex').slice(0, 16)}`
}
