import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'

const bin = '/usr/lib/postgresql/15/bin'

/**
 * A folder with client tools whose pg_dump does what the script says; `$REAL` is the real one. The other tools are real.
 * Make it known by HOLDFAST_PG_BIN.
 */
export async function fakeClient(folder: string, script: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  for (const tool of ['pg_dumpall', 'pg_restore', 'psql']) await symlink(path.join(bin, tool), path.join(folder, tool))
  const file = path.join(folder, 'pg_dump')
  const head = `#!/bin/bash\nREAL=${bin}/pg_dump\nif [ "$1" = "--version" ] || [ "$1" = "-V" ]; then exec "$REAL" "$1"; fi\n`
  await writeFile(file, `${head}${script}\n`)
  await chmod(file, 0o755)
  return folder
}
