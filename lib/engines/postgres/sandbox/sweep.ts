import { readFile, readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { RunContext } from '@/lib/ports/run-context'
import { sandboxFolders, sandboxPrefix, socketPrefix } from './folders'
import { ownerLives, readMarker } from './marker'

/** A sandbox being made has no marker for a moment. */
const unmarkedMs = 60_000
const killWaitMs = 5_000

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
  await endServer(folder)
  await rm(folder, { recursive: true, force: true })
  if (marker && basename(marker.socketFolder).startsWith(socketPrefix)) {
    await rm(marker.socketFolder, { recursive: true, force: true })
  }
  return true
}

/** Ends the server that runs on this folder. Its number counts only when its command line names the folder. */
async function endServer(folder: string): Promise<void> {
  const text = await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number.parseInt(text, 10)
  if (!(pid > 1)) return
  const mine = async () => (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes(folder)
  for (const signal of ['SIGQUIT', 'SIGKILL'] as const) {
    const until = performance.now() + killWaitMs
    while ((await mine()) && performance.now() < until) {
      try {
        process.kill(pid, signal)
      } catch {
        return
      }
      await delay(100)
    }
  }
}
