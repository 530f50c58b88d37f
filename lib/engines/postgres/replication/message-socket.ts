import { RestrictedSocket } from '@/lib/network/restricted-socket'

/** Holds several messages of a walsender, which have 128 KiB at most. */
const bufferBytes = 256 * 1024
const headerBytes = 5

/**
 * A socket for a walsender's stream, without TLS, that reads into one buffer again and again: Node would give each read a fresh one of
 * 64 KiB outside the heap, and V8 collect its whole heap for every thousand of them. `data` carries whole messages only, because the
 * driver keeps what is left of a chunk until more comes; of a message that is longer than the buffer it is given a copy of the beginning.
 */
export class MessageSocket extends RestrictedSocket {
  private readonly buffer: Buffer
  private filled = 0
  /** What is still to come of a message whose beginning was given away. */
  private passing = 0

  constructor() {
    // Untouched pages of it take no memory.
    const buffer = Buffer.allocUnsafeSlow(bufferBytes)
    super({ onread: { buffer: () => this.buffer.subarray(this.filled), callback: (bytes) => this.took(bytes) } })
    this.buffer = buffer
  }

  /** `pause` stops the reading by itself. */
  private took(bytes: number): boolean {
    this.filled += bytes
    this.passOn()
    const whole = this.wholeMessages()
    if (whole > 0) this.give(this.buffer.subarray(0, whole), whole)
    else if (this.filled === bufferBytes) this.giveBeginning()
    return true
  }

  private passOn(): void {
    const bytes = Math.min(this.passing, this.filled)
    if (bytes === 0) return
    this.passing -= bytes
    this.give(this.buffer.subarray(0, bytes), bytes)
  }

  private giveBeginning(): void {
    this.passing = this.messageBytes(0) - this.filled
    this.give(Buffer.from(this.buffer.subarray(0, this.filled)), this.filled)
  }

  /** Where the last of the messages ends that are there. */
  private wholeMessages(): number {
    let at = 0
    while (at + headerBytes <= this.filled) {
      const end = at + this.messageBytes(at)
      if (end > this.filled) break
      at = end
    }
    return at
  }

  /** A length that is none is for the reader of the messages to refuse. */
  private messageBytes(at: number): number {
    return Math.max(headerBytes, 1 + this.buffer.readUInt32BE(at + 1))
  }

  private give(chunk: Buffer, bytes: number): void {
    this.emit('data', chunk)
    this.buffer.copyWithin(0, bytes, this.filled)
    this.filled -= bytes
  }
}
