import type { SegmentName } from '@/lib/core/repository/log-paths'
import { fromFrames, toFrame } from '@/lib/services/log/store/seal'

/** Bytes that were received are compressed in pieces of about this size, so that an open segment takes little memory. */
const pieceBytes = 1024 * 1024
/** They are kept for a moment only. */
const quick = 1

/** A segment that is being received, from its first byte on. */
export class OpenSegment {
  private frames: Buffer[] = []
  /** Where each frame begins in the segment. */
  private starts: number[] = []
  private rest: Buffer[] = []
  private restBytes = 0
  /** Bytes that were received. */
  end = 0

  constructor(
    readonly name: SegmentName,
    /** Position of its first byte. */
    readonly from: string,
  ) {}

  async add(bytes: Buffer): Promise<void> {
    this.rest.push(bytes)
    this.restBytes += bytes.length
    this.end += bytes.length
    if (this.restBytes >= pieceBytes) await this.pack()
  }

  /** What was received from this byte on. */
  async bytesFrom(start: number): Promise<Buffer> {
    await this.pack()
    let at = this.starts.findLastIndex((each) => each <= start)
    if (at < 0) at = 0
    const plain = await fromFrames(this.frames.slice(at))
    return plain.subarray(start - (this.starts[at] ?? 0))
  }

  private async pack(): Promise<void> {
    if (this.restBytes === 0) return
    const plain = Buffer.concat(this.rest)
    this.starts.push(this.end - this.restBytes)
    this.frames.push(await toFrame(plain, quick))
    this.rest = []
    this.restBytes = 0
  }
}
