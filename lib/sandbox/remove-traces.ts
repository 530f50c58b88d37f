import { lstat, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { findTool } from '@/lib/process/find-tool'
import type { SandboxUser } from './user'
import { quietly } from './quietly'

/** Folders that anybody may write to. */
const shared = ['/tmp', '/var/tmp', '/dev/shm', '/run/lock', '/dev/mqueue']
const ipc = [
  { file: '/proc/sysvipc/shm', option: '-m' },
  { file: '/proc/sysvipc/msg', option: '-q' },
  { file: '/proc/sysvipc/sem', option: '-s' },
]

/** Without a file system and an IPC namespace of its own, what it left in the machine's is removed by its owner. */
export async function removeTraces(user: SandboxUser, sharesMachine: boolean): Promise<void> {
  if (user.kind !== 'own' || !sharesMachine) return
  for (const folder of shared) {
    for (const name of await readdir(folder).catch(() => [])) {
      const path = join(folder, name)
      const info = await lstat(path).catch(() => null)
      if (info?.uid === user.uid) await rm(path, { recursive: true, force: true })
    }
  }
  for (const { file, option } of ipc) {
    const [head = '', ...lines] = (await readFile(file, 'utf8').catch(() => '')).trim().split('\n')
    const owner = head.trim().split(/\s+/).indexOf('uid')
    for (const line of lines) {
      const fields = line.trim().split(/\s+/)
      if (Number(fields[owner]) === user.uid) await quietly([findTool('ipcrm') ?? 'ipcrm', option, fields[1] ?? ''])
    }
  }
}
