import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { RunContext } from '@/lib/ports/run-context'
import { endProcesses } from './end-processes'
import { sandboxFolders, sandboxPrefix, socketPrefix } from './folders'
import { claimAgain, sharedUser } from './user'
import { endServer, ownerLives, readMarker } from './marker'
import { ownershipOf } from './ownership'
import { removeTraces } from './remove-traces'

/** A sandbox being made has no marker for a moment. */
const unmarkedMs = 60_000

/** Removes sandboxes that no live process owns or that are older than the limit; returns their folders. */
export async function sweepSandboxes(root: string, olderThanMs: number, run: RunContext): Promise<string[]> {
  const removed: string[] = []
  for (const parent of sandboxFolders(root)) {
    const names = await readdir(parent).catch(() => [])
    for (const name of names.filter((entry) => entry.startsWith(sandboxPrefix))) {
      run.signal.throwIfAborted()
      const folder = join(parent, name)
      if (await removeIfLeft(folder, olderThanMs, run)) removed.push(folder)
    }
  }
  return removed
}

async function removeIfLeft(folder: string, olderThanMs: number, run: RunContext): Promise<boolean> {
  const now = run.clock.now().getTime()
  const marker = await readMarker(folder)
  const info = await stat(folder).catch(() => null)
  if (!info) return false
  const ageMs = now - (marker ? Date.parse(marker.createdAt) : info.mtimeMs)
  const left = marker ? !(await ownerLives(marker)) || ageMs > olderThanMs : ageMs > unmarkedMs
  if (!left) return false
  run.logger.warn('removing a sandbox that was left behind', { folder, ageMs, ownerPid: marker?.ownerPid })
  if (marker) await endServer(marker)
  // While its owner lives the user is this sandbox's alone; after that another sandbox may have it.
  const known = marker && (await ownerLives(marker)) ? marker.identity : null
  const claimed = known || !marker?.identity ? null : await claimAgain(marker.identity)
  const user = known ?? claimed ?? sharedUser
  try {
    await endProcesses(user)
    await removeTraces(user, true)
    const sockets = marker && basename(marker.socketFolder).startsWith(socketPrefix) ? [marker.socketFolder] : []
    await ownershipOf(marker?.identity ?? user, run).remove([folder, ...sockets])
  } finally {
    claimed?.release()
  }
  return true
}
