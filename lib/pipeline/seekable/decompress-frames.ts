import { once } from 'node:events'
import { Transform, type TransformCallback } from 'node:stream'
import { createZstdDecompress } from 'node:zlib'
import { stageBufferBytes } from '../buffer-size'
import { FrameBorders } from './frame-borders'

const options = { chunkSize: 256 * 1024, rejectGarbageAfterEnd: true }

/** Reads zstd frames one after the other, in threads of this process. */
class FramesStage extends Transform {
  private readonly borders = new FrameBorders()
  private frame: ReturnType<typeof createZstdDecompress> | null = null

  constructor() {
    super({ highWaterMark: stageBufferBytes })
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.unpack(chunk).then(() => callback(), callback)
  }

  override _flush(callback: TransformCallback): void {
    try {
      this.borders.end()
      callback()
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)))
    }
  }

  override _read(size: number): void {
    this.frame?.resume()
    super._read(size)
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.frame?.destroy()
    callback(error)
  }

  private async unpack(chunk: Buffer): Promise<void> {
    for (const { bytes, ends } of this.borders.cut(chunk)) {
      if (this.destroyed) return
      const frame = (this.frame ??= this.open())
      await new Promise<void>((resolve, reject) => {
        frame.write(bytes, (error) => (error ? reject(error) : resolve()))
      })
      if (!ends) continue
      frame.end()
      await once(frame, 'end')
      this.frame = null
    }
  }

  private open() {
    const frame = createZstdDecompress(options)
    frame.on('data', (plain: Buffer) => {
      // A few bytes may stand for a great many: the reader sets the pace.
      if (!this.push(plain)) frame.pause()
    })
    frame.on('error', (error) => this.destroy(error))
    return frame
  }
}

/** A stage that decompresses any number of zstd frames and passes over skippable ones. Frames that were cut or changed are an error. */
export function decompressFrames(): Transform {
  return new FramesStage()
}
