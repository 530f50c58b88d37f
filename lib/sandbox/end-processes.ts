import { setTimeout as delay } from 'node:timers/promises'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { findTool } from '@/lib/process/find-tool'
import { output, quietly } from './quietly'
import { isSandboxUser, processesOf, type SandboxUser } from './user'
import { intoSubordinates } from './means'

const limitMs = 10_000

/**
 * Ends every process of the sandbox's user, also those that put themselves into a session of their own: the kernel
 * signals all of a user's at once, so that none gets away by forking. A user that is shared has none to lose: its
 * processes ended with their namespace.
 */
export async function endProcesses(user: SandboxUser): Promise<void> {
  if (user.uid === undefined || !isSandboxUser(user)) return
  const id = String(user.uid)
  const kill = [
    ...(user.kind === 'sub' ? intoSubordinates() : []),
    ...[findTool('setpriv') ?? 'setpriv', '--reuid', id, '--regid', id, '--clear-groups', '--'],
    ...['/bin/sh', '-c', 'kill -KILL -1'],
  ]
  const uid = user.kind === 'sub' ? await outsideOf(user.uid) : user.uid
  const until = performance.now() + limitMs
  while (processesOf(uid).length > 0) {
    if (performance.now() > until) {
      throw new HoldfastError('command-stuck', `Processes of the sandbox's user ${uid} do not end.`, {
        remedy: 'They hang inside the kernel. Restart the machine.',
        facts: { uid },
      })
    }
    await quietly(kill)
    await delay(20)
  }
}

/** Who a subordinate user of that number inside is to the machine: user_namespaces(7) has the form of the map. */
async function outsideOf(inside: number): Promise<number> {
  const map = await output([...intoSubordinates(), '/bin/cat', '/proc/self/uid_map'])
  for (const line of map.trim().split('\n')) {
    const [first = NaN, outside = NaN, count = 0] = line.trim().split(/\s+/).map(Number)
    if (inside >= first && inside < first + count) return outside + inside - first
  }
  throw new HoldfastError('sandbox-unavailable', 'The subordinate users of the worker cannot be used any more.', {
    remedy: 'Look at /etc/subuid and /etc/subgid, and restart the worker.',
  })
}
