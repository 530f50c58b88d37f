import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { startedAt } from '@/lib/process/started-at'
import { terminateGroup } from '@/lib/process/terminate'

const markerSchema = z.object({
  ownerPid: z.number().int(),
  /** The process's start in clock ticks since boot: a process id alone may be another process by now. */
  ownerStarted: z.string().nullable(),
  createdAt: z.iso.datetime(),
  socketFolder: z.string(),
  /** The first process of its server, which takes all others with it where it has a process namespace. */
  server: z.object({ pid: z.number().int(), started: z.string().nullable() }).optional(),
  /** Whom it runs as; absent in those made before sandboxes had a user of their own. */
  identity: z.object({ kind: z.enum(['own', 'sub', 'shared']), uid: z.number().int().optional() }).optional(),
})
export type SandboxMarker = z.infer<typeof markerSchema>

const file = 'holdfast-sandbox.json'

export async function writeMarker(
  folder: string,
  { socketFolder, identity, serverPid }: Pick<SandboxMarker, 'socketFolder' | 'identity'> & { serverPid?: number },
  now: Date,
): Promise<void> {
  const marker: SandboxMarker = {
    ownerPid: process.pid,
    ownerStarted: startedAt(process.pid),
    createdAt: now.toISOString(),
    socketFolder,
    ...(identity ? { identity } : {}),
    ...(serverPid === undefined ? {} : { server: { pid: serverPid, started: startedAt(serverPid) } }),
  }
  await writeFile(join(folder, file), JSON.stringify(marker), { mode: 0o600 })
}

/** Null when there is none that can be read: the owner died while making the sandbox, or it is not a sandbox. */
export async function readMarker(folder: string): Promise<SandboxMarker | null> {
  try {
    return markerSchema.parse(JSON.parse(await readFile(join(folder, file), 'utf8')))
  } catch {
    return null
  }
}

export async function ownerLives(marker: SandboxMarker): Promise<boolean> {
  try {
    process.kill(marker.ownerPid, 0)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  return marker.ownerStarted === null || startedAt(marker.ownerPid) === marker.ownerStarted
}

/** Ends the group of the server that the marker names, if that is still the same process. */
export async function endServer({ server }: SandboxMarker): Promise<void> {
  if (!server?.started || startedAt(server.pid) !== server.started) return
  await terminateGroup(server.pid, 0)
}
