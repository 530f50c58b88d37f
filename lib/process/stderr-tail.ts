import type { Readable } from 'node:stream'
import { clip } from '@/lib/core/clip'
import { redact } from './redact'

const maxBytes = 64 * 1024
const maxLines = 40
/** Of these, so many from the beginning of what was kept: a tool names its trouble before the long statement that has it. */
const firstLines = 12
/** The line that stands for those between. */
export const leftOut = '...'
/** One statement that a tool quotes may be as long as all the rest. */
const lineCharacters = 2_000

/**
 * Reads a tool's stderr to its end, whatever it writes, and keeps the last 64 KiB: of these 40 lines, the first and the
 * last, and 2000 characters of each. A tool whose stderr nobody reads would block on a full pipe.
 */
export class StderrTail {
  private chunks: Buffer[] = []
  private keptBytes = 0
  private cut = false
  /** Resolves when stderr was closed. */
  readonly ended: Promise<void>

  constructor(
    stderr: Readable,
    private readonly secrets: readonly string[],
  ) {
    stderr.on('data', (chunk: Buffer) => this.add(chunk))
    this.ended = new Promise((resolve) => {
      stderr.once('close', resolve)
      stderr.once('error', resolve)
    })
  }

  private add(chunk: Buffer): void {
    this.chunks.push(chunk)
    this.keptBytes += chunk.length
    if (this.keptBytes <= 2 * maxBytes) return
    const all = Buffer.concat(this.chunks)
    this.chunks = [Buffer.from(all.subarray(all.length - maxBytes))]
    this.keptBytes = maxBytes
    this.cut = true
  }

  /** The last lines, redacted. */
  text(): string {
    const all = Buffer.concat(this.chunks)
    const cut = this.cut || all.length > maxBytes
    let text = all.subarray(Math.max(0, all.length - maxBytes)).toString('utf8')
    if (cut) {
      // The cut may have gone through a secret, whose rest the redactor would not know: drop what it could be part of.
      const newline = text.indexOf('\n')
      const longest = Math.max(0, ...this.secrets.map((secret) => secret.length))
      text = text.slice(newline >= 0 ? newline + 1 : longest)
    }
    const lines = redact(text, this.secrets).trimEnd().split('\n')
    const kept =
      lines.length <= maxLines
        ? lines
        : [...lines.slice(0, firstLines), leftOut, ...lines.slice(firstLines + 1 - maxLines)]
    return kept.map((line) => clip(line, lineCharacters)).join('\n')
  }
}
