import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/**
 * Absolute path of a program, or null. `extraDirs` come before PATH. An absolute name is only checked. Not cached:
 * tools are installed and removed while we run, and a stale answer would be a wrong diagnosis.
 */
export function findTool(name: string, extraDirs: readonly string[] = []): string | null {
  if (isAbsolute(name)) return isExecutable(name) ? name : null
  if (name.includes('/')) return null
  const dirs = [...extraDirs, ...(process.env.PATH ?? '/usr/bin:/bin').split(delimiter)]
  for (const dir of dirs) {
    // A relative folder on PATH would make the answer depend on where we were started.
    if (!isAbsolute(dir)) continue
    const path = join(dir, name)
    if (isExecutable(path)) return path
  }
  return null
}
