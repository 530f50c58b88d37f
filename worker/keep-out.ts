import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { KeepOut } from '@/lib/ports/sandbox'

/** What runs restored code is made below it, and reaches its own part of it only. */
const sandboxes = 'sandboxes'

/**
 * What of this instance restored code must not reach: everything in HOLDFAST_HOME, each key by itself, the folders of local
 * destinations, the processes of web, worker, supervisor and catalog, and the catalog's socket.
 */
export function keepOut(home: string, destinations: string[]): KeepOut {
  const names = list(home).filter((name) => name !== sandboxes)
  const keys = list(path.join(home, 'keys')).map((name) => path.join(home, 'keys', name))
  const catalog = catalogFolders(home).flatMap((folder) => {
    const [pid, data, , port, sockets] = read(path.join(folder, 'postmaster.pid')).split('\n')
    return data && Number(pid) > 1
      ? [{ pid: Number(pid), data, socket: `${sockets ?? ''}/.s.PGSQL.${port ?? ''}` }]
      : []
  })
  return {
    paths: [
      home,
      ...names.map((name) => path.join(home, name)),
      ...keys,
      ...catalog.map(({ data }) => data),
      ...destinations,
    ],
    pids: [process.ppid, ...catalog.map(({ pid }) => pid)].filter((pid) => pid > 1),
    sockets: catalog.map(({ socket }) => socket),
  }
}

/** Below the home, or where scripts/supervise/postgres/find-place.ts put it because its user cannot enter the home. */
function catalogFolders(home: string): string[] {
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 12)
  return [path.join(home, 'postgres/data'), path.join('/var/lib/holdfast', hash, 'postgres/data')]
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
