import { readFileSync } from 'node:fs'

export interface UnprivilegedUser {
  name: string
  uid: number
  gid: number
}

/**
 * Servers refuse to run as root: the user that a sandbox is prepared as instead, the first of the names that exists; null when
 * we are not root.
 */
export function dropUser(names: readonly string[] = []): UnprivilegedUser | null {
  if (process.getuid?.() !== 0) return null
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
  const find = (name: string) => users.find((user) => user.name === name && user.uid > 0)
  const preferred = names.map(find).find((user) => user !== undefined)
  return preferred ?? find('nobody') ?? { name: 'nobody', uid: 65534, gid: 65534 }
}
