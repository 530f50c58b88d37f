import { execFile } from 'node:child_process'
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** A file system of its own with a limit. Needs root, as the tests' servers do. */
export interface SmallDisk {
  path: string
  /** Fills what is left but for so many bytes; answers how to free it again. */
  fill(leaveBytes?: number): Promise<() => Promise<void>>
  close(): Promise<void>
}

export async function smallDisk(folder: string, megabytes: number): Promise<SmallDisk> {
  await mkdir(folder, { recursive: true })
  await execute('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0711`, 'holdfast-test', folder])
  return {
    path: folder,
    async fill(leaveBytes = 0) {
      const { bavail, bsize } = await statfs(folder)
      const file = path.join(folder, 'ballast')
      await writeFile(file, Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes)))
      return () => rm(file, { force: true })
    },
    close: async () => void (await execute('umount', ['--lazy', folder])),
  }
}
