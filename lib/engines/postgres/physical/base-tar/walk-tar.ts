import { blockBytes, readTarHeader, type TarHeader } from '@/lib/core/tar/tar-header'

/** Hears what an archive consists of, in its order. */
export interface TarVisitor {
  /** An entry begins; `block` is its header as it came. */
  onEntry(header: TarHeader, block: Buffer): void
  /** Bytes of the file. */
  onContent(bytes: Buffer): void
  /** Zeros that fill the last block of the file. */
  onPadding(bytes: Buffer): void
  onEntryEnd(header: TarHeader): void
}

/** Walks through a plain ustar archive, in pieces of any size, of which it keeps nothing. Throws a SyntaxError for bytes that are no such archive. */
export class TarWalker {
  private rest: Buffer[] = []
  private restBytes = 0
  private entry: TarHeader | null = null
  private content = 0
  private padding = 0
  private ended = false

  constructor(private readonly visitor: TarVisitor) {}

  write(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      if (this.content > 0) {
        const bytes = chunk.subarray(at, at + this.content)
        this.content -= bytes.length
        this.visitor.onContent(bytes)
        at += bytes.length
      } else if (this.padding > 0) {
        const bytes = chunk.subarray(at, at + this.padding)
        this.padding -= bytes.length
        this.visitor.onPadding(bytes)
        at += bytes.length
      } else {
        const bytes = chunk.subarray(at, at + blockBytes - this.restBytes)
        this.rest.push(bytes.length === blockBytes ? bytes : Buffer.from(bytes))
        this.restBytes += bytes.length
        at += bytes.length
        if (this.restBytes === blockBytes) this.takeHeader()
      }
      this.closeEntry()
    }
  }

  /** To be called behind the last byte: throws when the archive breaks off before its end. */
  end(): void {
    if (!this.ended || this.restBytes > 0 || this.entry) throw new SyntaxError('an archive breaks off before its end')
  }

  private takeHeader(): void {
    const [first] = this.rest
    const block = first?.length === blockBytes ? first : Buffer.concat(this.rest)
    this.rest = []
    this.restBytes = 0
    const header = readTarHeader(block)
    if (header && this.ended) throw new SyntaxError('an archive goes on behind its end')
    if (!header) {
      this.ended = true
      return
    }
    this.entry = header
    this.content = header.size
    this.padding = (blockBytes - (header.size % blockBytes)) % blockBytes
    this.visitor.onEntry(header, block)
  }

  private closeEntry(): void {
    if (!this.entry || this.content > 0 || this.padding > 0) return
    const { entry } = this
    this.entry = null
    this.visitor.onEntryEnd(entry)
  }
}
