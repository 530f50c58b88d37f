import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { baseDamaged } from './base-damaged'

const file = 'tablespace_map'

/**
 * Lets the server find the tablespaces where they are now: at its first start it makes its links from this file, for the
 * places that stood in it as well as for these. Rejects with `object-damaged` when it knows others.
 */
export async function rewriteTablespaceMap(directory: string, folders: ReadonlyMap<string, string>): Promise<void> {
  const path = join(directory, file)
  const known = oidsOf(await readFile(path, 'latin1').catch(() => ''))
  if (known.size !== folders.size || [...folders.keys()].some((oid) => !known.has(oid)))
    throw baseDamaged('its tablespaces are not those of its tablespace_map')
  await rm(path, { force: true })
  if (folders.size === 0) return
  await writeFile(path, tablespaceMap(folders), { flag: 'wx', mode: 0o600 })
}

/** What the server reads: a line for each, by its oid. */
export function tablespaceMap(folders: ReadonlyMap<string, string>): string {
  return [...folders].map(([oid, folder]) => `${oid} ${folder.replace(/[\\\n\r]/g, '\\$&')}\n`).join('')
}

/** A line is the oid, and the place in which a backslash stands before what would end the line. */
function oidsOf(map: string): Set<string> {
  return new Set([...map.matchAll(/^(\d+) (?:\\[^]|[^\\\n])*$/gm)].map(([, oid = '']) => oid))
}
