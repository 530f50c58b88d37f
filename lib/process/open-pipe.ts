import { spawnSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exactEnvironment } from './exact-environment'
import { findTool } from './find-tool'

/** Both ends are descriptors of this process until it closes them. */
export interface Pipe {
  readFd: number
  writeFd: number
}

/**
 * A pipe. Node has none of its own to offer, so it is made as a named one, whose name is gone before anybody can use it.
 * Null where that is not possible.
 */
export function openPipe(): Pipe | null {
  const mkfifo = process.platform === 'linux' ? findTool('mkfifo') : null
  if (mkfifo === null) return null
  let folder: string | null = null
  const opened: number[] = []
  const open = (name: string, flags: number) => {
    const fd = openSync(name, flags)
    opened.push(fd)
    return fd
  }
  try {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-pipe-'))
    const name = join(folder, 'pipe')
    const made = spawnSync(mkfifo, ['-m', '600', name], { env: exactEnvironment({}), stdio: 'ignore', timeout: 5_000 })
    if (made.status !== 0) return null
    // Opening an end waits for the other one, except for a reader that asked not to wait. A tool expects one that does.
    const first = open(name, constants.O_RDONLY | constants.O_NONBLOCK)
    const writeFd = open(name, constants.O_WRONLY)
    const readFd = open(name, constants.O_RDONLY)
    opened.length = 0
    closeSync(first)
    return { readFd, writeFd }
  } catch {
    return null
  } finally {
    for (const fd of opened) closeSync(fd)
    if (folder !== null) rmSync(folder, { recursive: true, force: true })
  }
}
