import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Whom the catalog's server runs as when we are root: PostgreSQL refuses to run as root. */
export interface ServerUser {
  name: string
  uid: number
  gid: number
}

/** Null when this process is not root: the server then simply runs as the same user. */
export function serverUser(): ServerUser | null {
  if (process.getuid?.() !== 0) return null
  const entries = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  for (const wanted of ['postgres', 'nobody']) {
    const [name, , uid, gid] = entries.find(([entry]) => entry === wanted) ?? []
    if (name && Number(uid) > 0) return { name, uid: Number(uid), gid: Number(gid) }
  }
  return { name: '65534', uid: 65_534, gid: 65_534 }
}

/** Whether the user can enter the folder; asked as that user, since ACLs and mounts count too. */
export function canEnter(user: ServerUser | null, folder: string): boolean {
  if (!user) return true
  const { status } = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], {
    uid: user.uid,
    gid: user.gid,
    cwd: '/',
    stdio: 'ignore',
  })
  return status === 0
}
