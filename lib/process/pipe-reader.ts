import { spawnSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { BufferPool } from './buffer-pool'
import { exactEnvironment } from './exact-environment'
import { findTool } from './find-tool'

const bufferBytes = 256 * 1024

/** A pipe whose reading end is ours. `writeFd` is for one child and closed here once that has started. */
export interface BulkPipe {
  writeFd: number
  stdout: Readable
}

/**
 * A pipe that is read into large buffers which are used again (see BufferPool). Node offers neither a pipe of its own
 * nor a way to read a child's into own memory, so it is made as a named one, whose name is gone before anybody can use
 * it. Null where that is not possible: the caller takes an ordinary pipe then.
 */
export function openBulkPipe(): BulkPipe | null {
  const mkfifo = process.platform === 'linux' ? findTool('mkfifo') : null
  if (mkfifo === null) return null
  let folder: string | null = null
  let readFd: number | null = null
  try {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-pipe-'))
    const name = join(folder, 'pipe')
    const made = spawnSync(mkfifo, ['-m', '600', name], { env: exactEnvironment({}), stdio: 'ignore', timeout: 5_000 })
    if (made.status !== 0) return null
    // The reader first and without blocking: opening a pipe waits for its other end otherwise.
    readFd = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK)
    const writeFd = openSync(name, constants.O_WRONLY)
    const stdout = new PipeReader(readFd)
    readFd = null
    return { writeFd, stdout }
  } catch {
    if (readFd !== null) closeSync(readFd)
    return null
  } finally {
    if (folder !== null) rmSync(folder, { recursive: true, force: true })
  }
}

/** Fills whole buffers; what is there when the input pauses for good comes with the end. */
class PipeReader extends Readable {
  private readonly pool = new BufferPool(bufferBytes)
  private buffer = this.pool.take()
  private filled = 0
  private readonly socket: Socket

  constructor(fd: number) {
    super({ highWaterMark: 2 * bufferBytes })
    this.socket = new Socket({
      fd,
      readable: true,
      writable: false,
      onread: {
        buffer: () => (this.filled === 0 ? this.buffer : this.buffer.subarray(this.filled)),
        callback: (bytes) => this.took(bytes),
      },
    })
    this.socket.once('end', () => {
      this.flush()
      this.push(null)
    })
    this.socket.once('error', (error) => this.destroy(error))
    this.socket.resume()
  }

  override _read(): void {
    this.socket.resume()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.socket.destroy()
    callback(error)
  }

  /** False stops the reading until the next `_read`. */
  private took(bytes: number): boolean {
    this.filled += bytes
    if (this.filled < bufferBytes) return true
    return this.flush()
  }

  private flush(): boolean {
    if (this.filled === 0) return true
    const chunk = this.pool.lend(this.buffer, this.filled)
    this.buffer = this.pool.take()
    this.filled = 0
    return this.push(chunk)
  }
}
