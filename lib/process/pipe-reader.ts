import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { BufferPool } from './buffer-pool'
import { openPipe } from './open-pipe'

const bufferBytes = 256 * 1024

/** A pipe that is read here. `writeFd` is for one child and closed here once that has started. */
export interface BulkPipe {
  writeFd: number
  stdout: Readable
}

/**
 * A pipe that is read into large buffers which are used again (see BufferPool): there is no way to have Node read a
 * child's own into one's memory. Null where that is not possible: the caller takes an ordinary pipe then.
 */
export function openBulkPipe(): BulkPipe | null {
  const pipe = openPipe()
  return pipe && { writeFd: pipe.writeFd, stdout: new PipeReader(pipe.readFd) }
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
