import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type ChecksumAlgorithm, checksumAlgorithms } from './file-checksum'
import type { BaseFile } from './known-files'

const hexOf: Record<ChecksumAlgorithm, RegExp> = { CRC32C: /^[0-9a-f]{8}$/, SHA256: /^[0-9a-f]{64}$/ }
const plainFileLine = z.object({
  Path: z.string().optional(),
  /** In hex, of names that are no UTF-8. */
  'Encoded-Path': z
    .string()
    .regex(/^([0-9a-f]{2})+$/)
    .optional(),
  Size: z.number().int().nonnegative(),
  'Checksum-Algorithm': z.enum(checksumAlgorithms),
  Checksum: z.string(),
})
const fileLine = plainFileLine.refine((file) => hexOf[file['Checksum-Algorithm']].test(file.Checksum))
const headLine = z.object({ 'PostgreSQL-Backup-Manifest-Version': z.union([z.literal(1), z.literal(2)]) })

/** A line names one file with its times; a name in hex has 8 KiB at most. */
const mostLineBytes = 64 * 1024

/**
 * Reads the server's `backup_manifest` in pieces of any size, as PostgreSQL 13 to 18 write it: one file a line, and behind them
 * the checksum of all that comes before it (PostgreSQL's manual, "Backup Manifest Format"). It may be larger than what one
 * wants to have in memory at once. Throws a SyntaxError for anything else.
 */
export class BackupManifestReader {
  private readonly hash = createHash('sha256')
  private rest = ''
  private place: 'head' | 'files' | 'behind' | 'end' = 'head'
  /** Decimal; null before version 2. */
  systemIdentifier: string | null = null

  constructor(private readonly onFile: (file: BaseFile) => void) {}

  write(chunk: Buffer): void {
    const lines = (this.rest + chunk.toString('latin1')).split('\n')
    this.rest = lines.pop() ?? ''
    if (this.rest.length > mostLineBytes) throw new SyntaxError('a line of the backup manifest does not end')
    for (const line of lines) this.take(line)
  }

  end(): void {
    if (this.place !== 'end' || this.rest !== '') throw new SyntaxError('the backup manifest breaks off before its end')
  }

  private take(line: string): void {
    if (this.place === 'end') throw new SyntaxError('the backup manifest goes on behind its end')
    const sum = /^"Manifest-Checksum": "([0-9a-f]{64})"\}$/.exec(line)?.[1]
    if (sum !== undefined && this.place === 'behind') {
      if (this.hash.digest('hex') !== sum) throw new SyntaxError('the backup manifest does not match its own checksum')
      this.place = 'end'
      return
    }
    this.hash.update(`${line}\n`, 'latin1')
    if (this.place === 'head') this.takeHead(line)
    else if (this.place === 'files') this.takeFile(line)
  }

  private takeHead(line: string): void {
    if (line.startsWith('{')) parse(headLine, `${line.replace(/,$/, '')}}`)
    else if (line.startsWith('"System-Identifier": ')) this.systemIdentifier = /\d+/.exec(line)?.[0] ?? null
    else if (line === '"Files": [') this.place = 'files'
    else throw unread(line)
  }

  private takeFile(line: string): void {
    if (line === '],') {
      this.place = 'behind'
      return
    }
    const file = parse(fileLine, line.replace(/,$/, ''))
    const encoded = file['Encoded-Path']
    if ((file.Path === undefined) === (encoded === undefined)) throw unread(line)
    // The line was read a byte a character, and so is its path.
    const path = encoded === undefined ? (file.Path ?? '') : Buffer.from(encoded, 'hex').toString('latin1')
    this.onFile({ path, size: file.Size, algorithm: file['Checksum-Algorithm'], checksum: file.Checksum })
  }
}

function parse<T>(schema: z.ZodType<T>, text: string): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw unread(text)
  }
  const read = schema.safeParse(value)
  if (!read.success) throw unread(text)
  return read.data
}

function unread(line: string): SyntaxError {
  return new SyntaxError(`a line of the backup manifest cannot be read: ${line.slice(0, 200)}`)
}
