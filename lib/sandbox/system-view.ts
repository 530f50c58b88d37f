import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** One thing that a private root shows: a link, or a file or folder of the machine, under its own name if not another. */
export type Shown = { as: 'link'; path: string; to: string } | { as: 'read' | 'write'; path: string; from?: string }

/** Programs and libraries; on merged systems all but the first are links into it. */
const programs = ['/usr', '/bin', '/sbin', '/lib', '/lib64', '/lib32', '/libx32']
/** What libraries look up: where they lie, and Debian's choice among several. No names of users, hosts or keys. */
const linkerFiles = ['/etc/ld.so.cache', '/etc/alternatives', '/etc/localtime', '/nix/store']
/** Dictionaries for text search that Debian makes of those installed. */
const dictionaries = ['/var/cache/postgresql']
/** What a program needs to find and check a server, for tools that restore to one. */
const networkFiles = ['resolv.conf', 'hosts', 'nsswitch.conf', 'host.conf', 'gai.conf', 'services', 'ssl', 'pki'].map(
  (name) => join('/etc', name),
)

/** The system as a confined program sees it, before what it is given itself. */
export function systemView(network: boolean): Shown[] {
  const files = [...linkerFiles, ...dictionaries, ...(network ? networkFiles : [])]
  const read = files.filter((path) => existsSync(path)).map((path) => ({ as: 'read' as const, path }))
  return [...programs.flatMap(asItIs), ...read]
}

/**
 * What one program of the system needs to be started. It is less than the system's view, as the program may read what other users
 * may not: whatever an administrator put below /usr/local or /etc is not there.
 */
export function programView(file: string): Shown[] {
  const packaged = ['bin', 'lib', 'lib32', 'lib64', 'libx32']
  const folders = [...packaged.map((name) => `/usr/${name}`), ...packaged.map((name) => `/${name}`)]
  const shown = [...folders, '/etc/ld.so.cache', '/nix/store'].flatMap(asItIs)
  const isShown = shown.some(({ path }) => file.startsWith(`${path}/`))
  return isShown ? shown : [...shown, { as: 'read', path: file }]
}

/** A link as a link, a file or folder to be read; what does not exist is left out. */
function asItIs(path: string): Shown[] {
  const info = lstatSync(path, { throwIfNoEntry: false })
  if (!info) return []
  return [info.isSymbolicLink() ? { as: 'link', path, to: readlinkSync(path) } : { as: 'read', path }]
}

/** Where a program lies with its libraries and files, when that is not shown anyway. */
export function programPlaces(folder: string): string[] {
  const places = [...new Set([folder, realpathSync(folder)])].filter(
    (path) => !/^\/(usr|bin|sbin|lib)(\/|$)/.test(path),
  )
  return places.flatMap((place) => {
    // As packages lay it out, below /usr or below a folder of its own.
    const packaged = /^(.+?)(\/usr)?\/lib\/postgresql\/[^/]+\/bin$/.exec(place)?.[1]
    const beside = ['lib', 'lib64', 'share'].map((name) => join(dirname(place), name))
    const below = packaged ? ['lib', 'share', 'usr'].map((name) => join(packaged, name)) : []
    return [place, ...(place.endsWith('/bin') ? beside : []), ...below].filter((path) => existsSync(path))
  })
}
