import { HoldfastError } from '@/lib/core/holdfast-error'

const frameMagic = 0xfd2fb528
/** The last four bits are free. */
const skippableMagic = 0x184d2a50
const dictionaryBytes = [0, 1, 2, 4]
const contentSizeBytes = [0, 2, 4, 8]

type Step = 'magic' | 'descriptor' | 'header' | 'block' | 'body' | 'checksum' | 'skipped size' | 'skipped'

/** Of which the bytes themselves are looked at. */
const looksAt: Record<Step, boolean> = {
  magic: true,
  descriptor: true,
  header: false,
  block: true,
  body: false,
  checksum: false,
  'skipped size': true,
  skipped: false,
}

/** Bytes of a frame that holds data; `ends`: its last ones. */
export interface FramePiece {
  bytes: Buffer
  ends: boolean
}

/**
 * Finds where zstd frames begin and end (RFC 8878, section 3.1), because Node's decompressor ends with the first one. Only the
 * lengths of blocks are read. Throws `object-damaged` for what can be no frame.
 */
export class FrameBorders {
  private step: Step = 'magic'
  private left = 4
  private held: Buffer = Buffer.alloc(0)
  private hasChecksum = false
  private isLastBlock = false
  private frames = 0

  /** Throws when the bytes ended within a frame, or before the first. */
  end(): void {
    if (this.frames === 0 || this.step !== 'magic' || this.held.length > 0) throw damaged('its end is missing')
  }

  /** The pieces of the frames in a chunk, as slices of it; skippable frames are left out. */
  *cut(chunk: Buffer): Generator<FramePiece> {
    let from = 0
    let at = 0
    while (at < chunk.length) {
      const read = chunk.subarray(at, at + this.left)
      if (looksAt[this.step]) this.held = Buffer.concat([this.held, read])
      at += read.length
      this.left -= read.length
      while (this.left === 0) {
        const [ended, held] = [this.step, this.held]
        this.held = Buffer.alloc(0)
        this.next(ended, held)
        if (ended === 'magic') {
          // It may have come in pieces, and until now the frame could have been a skippable one.
          if (this.step === 'descriptor') yield { bytes: held, ends: false }
          from = at
        } else if (this.step === 'magic') {
          if (ended !== 'skipped') yield { bytes: chunk.subarray(from, at), ends: true }
          from = at
        }
      }
    }
    if (from < at && !this.isBetween()) yield { bytes: chunk.subarray(from, at), ends: false }
  }

  private isBetween(): boolean {
    return this.step === 'magic' || this.step === 'skipped' || this.step === 'skipped size'
  }

  private next(ended: Step, held: Buffer): void {
    switch (ended) {
      case 'magic':
        return this.begin(held.readUInt32LE(0))
      case 'descriptor':
        return this.go('header', this.headerBytes(held.readUInt8(0)))
      case 'header':
        return this.go('block', 3)
      case 'block': {
        const header = held.readUIntLE(0, 3)
        const type = (header >> 1) & 3
        if (type === 3) throw damaged('a block is of no known type')
        this.isLastBlock = (header & 1) === 1
        // A block of one byte that repeats.
        return this.go('body', type === 1 ? 1 : header >> 3)
      }
      case 'body':
        if (!this.isLastBlock) return this.go('block', 3)
        return this.hasChecksum ? this.go('checksum', 4) : this.close()
      case 'checksum':
        return this.close()
      case 'skipped size':
        return this.go('skipped', held.readUInt32LE(0))
      case 'skipped':
        return this.go('magic', 4)
    }
  }

  private begin(magic: number): void {
    if (magic === frameMagic) this.go('descriptor', 1)
    else if (magic - (magic % 16) === skippableMagic) this.go('skipped size', 4)
    else throw damaged(this.frames === 0 ? 'it is no zstd frame' : 'something follows its end')
  }

  private headerBytes(descriptor: number): number {
    const isSingleSegment = (descriptor & 0x20) !== 0
    this.hasChecksum = (descriptor & 4) !== 0
    const contentSize = contentSizeBytes[descriptor >> 6] ?? 0
    const window = isSingleSegment ? 0 : 1
    return window + (dictionaryBytes[descriptor & 3] ?? 0) + (isSingleSegment ? contentSize || 1 : contentSize)
  }

  private close(): void {
    this.frames += 1
    this.go('magic', 4)
  }

  private go(step: Step, bytes: number): void {
    this.step = step
    this.left = bytes
  }
}

const damaged = (what: string) => new HoldfastError('object-damaged', `it does not decompress (${what})`)
