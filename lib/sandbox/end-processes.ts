import { setTimeout as delay } from 'node:timers/promises'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { findTool } from '@/lib/process/find-tool'
import { quietly } from './quietly'
import { isSandboxUser, processesOf, type SandboxUser } from './identity'
import { intoSubordinates } from './means'

const limitMs = 10_000

/**
 * Ends every process of the sandbox's user, also those that put themselves into a session of their own: the kernel
 * signals all of a user's at once, so that none gets away by forking. A user that is shared has none to lose: its
 * processes ended with their namespace.
 */
export async function endProcesses(identity: SandboxUser): Promise<void> {
  if (identity.uid === undefined || !isSandboxUser(identity)) return
  const id = String(identity.uid)
  const kill = [
    ...(identity.kind === 'sub' ? intoSubordinates() : []),
    ...[findTool('setpriv') ?? 'setpriv', '--reuid', id, '--regid', id, '--clear-groups', '--'],
    ...['/bin/sh', '-c', 'kill -KILL -1'],
  ]
  if (identity.kind === 'sub') return quietly(kill)
  const until = performance.now() + limitMs
  while (processesOf(identity.uid).length > 0) {
    if (performance.now() > until) {
      throw new HoldfastError('command-stuck', `Processes of the sandbox's user ${id} do not end.`, {
        remedy: 'They hang inside the kernel. Restart the machine.',
        facts: { uid: identity.uid },
      })
    }
    await quietly(kill)
    await delay(20)
  }
}
