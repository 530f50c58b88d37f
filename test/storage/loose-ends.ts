import { readdir } from 'node:fs/promises'

/** Files that are no objects, and folders without a file. */
export async function looseEnds(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries.map((entry) => ({ entry, path: `${entry.parentPath}/${entry.name}` }))
  return paths
    .filter(({ entry, path }) =>
      entry.isDirectory() ? !paths.some((other) => other.path.startsWith(`${path}/`)) : entry.name.endsWith('.partial'),
    )
    .map(({ path }) => path)
}
