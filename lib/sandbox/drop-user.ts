import { readFileSync } from 'node:fs'

export interface UnprivilegedUser {
  name: string
  uid: number
  gid: number
}

/** PostgreSQL refuses to run as root: the user that a sandbox runs as instead, or null when we are not root. */
export function dropUser(): UnprivilegedUser | null {
  if (process.getuid?.() !== 0) return null
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
  const find = (name: string) => users.find((user) => user.name === name && user.uid > 0)
  return find('postgres') ?? find('nobody') ?? { name: 'nobody', uid: 65534, gid: 65534 }
}
