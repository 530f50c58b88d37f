import { readdirSync } from 'node:fs'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../..')
/** Folders of the repository with files that people write. */
export const sourceFolders = ['app', 'bench', 'components', 'deploy', 'docs', 'e2e', 'lib', 'scripts', 'test', 'worker']
/** Written by programs, or left behind by runs. */
const notSource = ['lib/db/generated', 'bench/.data', 'node_modules']

/** Paths of all files below a folder, relative to the repository, with "/". */
export function filesBelow(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name)
    if (entry.isDirectory()) return notSource.includes(name) ? [] : filesBelow(name)
    return [name]
  })
}
