import { setTimeout as delay } from 'node:timers/promises'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { isGroupAlive, signalGroup } from './process-group'

/** Time that a tool has between SIGTERM and SIGKILL. */
export const defaultGraceMs = 5_000
/** A process that survives SIGKILL this long hangs in the kernel (dead network mount). */
const stuckAfterMs = 10_000

async function waitUntilEmpty(groupId: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  for (let pauseMs = 5; isGroupAlive(groupId); pauseMs = Math.min(pauseMs * 2, 100)) {
    if (performance.now() >= deadline) return false
    await delay(pauseMs)
  }
  return true
}

/**
 * Ends a process group: SIGTERM, after the grace time SIGKILL; resolves when no process of it is left. A group that is
 * already empty is fine. Rejects with `command-stuck` when the kernel does not let a process go.
 */
export async function terminateGroup(groupId: number, graceMs: number = defaultGraceMs): Promise<void> {
  if (!isGroupAlive(groupId)) return
  signalGroup(groupId, 'SIGTERM')
  // A stopped process gets SIGTERM only when it goes on.
  signalGroup(groupId, 'SIGCONT')
  if (await waitUntilEmpty(groupId, graceMs)) return
  signalGroup(groupId, 'SIGKILL')
  if (await waitUntilEmpty(groupId, stuckAfterMs)) return
  throw new HoldfastError('command-stuck', `A process of group ${groupId} does not end, not even by SIGKILL`, {
    remedy: 'It hangs inside the kernel, most often on a network mount that does not answer. Check the mounts.',
    facts: { groupId },
  })
}
