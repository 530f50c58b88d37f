import { createHash } from 'node:crypto'
import type { SegmentName } from '@/lib/core/repository/log-paths'
import { fromFrames, toFrame, type LogForm } from '@/lib/services/log/store/seal'

/** Bytes that were received are compressed in pieces of about this size, so that an open segment takes little memory. */
const pieceBytes = 1024 * 1024
/** Pieces that are compressed beside the receiving. */
const mostAtOnce = 2

/**
 * A segment that is being received, from its first byte on, kept as it will be stored: zstd frames one after the other, which every
 * reader of zstd takes for one.
 */
export class OpenSegment {
  private frames: Promise<Buffer>[] = []
  /** Where each frame begins in the segment. */
  private starts: number[] = []
  private rest: Buffer[] = []
  private restBytes = 0
  private readonly hash = createHash('sha256')
  /** Bytes that were received. */
  end = 0

  constructor(
    readonly name: SegmentName,
    /** Position of its first byte. */
    readonly from: string,
    private readonly form: Pick<LogForm, 'compression' | 'level'>,
    /** A frame begins at this byte, beside where one was begun by `packedFrom`. */
    private readonly cutAt: number,
  ) {}

  async add(bytes: Buffer): Promise<void> {
    this.hash.update(bytes)
    const before = Math.min(Math.max(this.cutAt - this.end, 0), bytes.length)
    for (const piece of [bytes.subarray(0, before), bytes.subarray(before)]) {
      this.rest.push(piece)
      this.restBytes += piece.length
      this.end += piece.length
      if (this.restBytes >= pieceBytes || this.end === this.cutAt) await this.pack()
    }
  }

  /** What was received from this byte on. */
  async bytesFrom(start: number): Promise<Buffer> {
    await this.pack()
    const at = Math.max(
      0,
      this.starts.findLastIndex((each) => each <= start),
    )
    const frames = await Promise.all(this.frames.slice(at))
    const plain = this.form.compression === 'zstd' ? await fromFrames(frames) : Buffer.concat(frames)
    return plain.subarray(start - (this.starts[at] ?? 0))
  }

  /** The same as it is stored, where a frame begins there. */
  async packedFrom(start: number): Promise<Buffer> {
    await this.pack()
    const at = this.starts.indexOf(start)
    if (at < 0) throw new Error(`No frame of ${this.name.name} begins at its byte ${start}.`)
    return Buffer.concat(await Promise.all(this.frames.slice(at)))
  }

  /** Of all that was received, in lower-case hex; the last thing to ask for. */
  sha256(): string {
    return this.hash.digest('hex')
  }

  private async pack(): Promise<void> {
    if (this.restBytes === 0) return
    const plain = Buffer.concat(this.rest)
    this.starts.push(this.end - this.restBytes)
    const { compression, level } = this.form
    const frame = compression === 'zstd' ? toFrame(plain, level) : Promise.resolve(plain)
    // It is awaited where it is read.
    frame.catch(() => undefined)
    this.frames.push(frame)
    this.rest = []
    this.restBytes = 0
    await this.frames.at(-mostAtOnce)
  }
}
