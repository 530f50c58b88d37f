import { createHash } from 'node:crypto'
import { crc32c } from '@node-rs/crc32'

/**
 * Of the algorithms of `MANIFEST_CHECKSUMS` those that are asked for: CRC32C since it costs server and worker a tenth of SHA-256, and the
 * bytes as they are stored have a SHA-256 of their own. Base backups from before it have SHA256.
 */
export const checksumAlgorithms = ['CRC32C', 'SHA256'] as const
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number]

export interface FileChecksum {
  update(bytes: Buffer): void
  /** In lower-case hex, as the server's list has it. */
  digest(): string
}

export function fileChecksum(algorithm: ChecksumAlgorithm): FileChecksum {
  if (algorithm === 'CRC32C') return new Crc32c()
  const hash = createHash('sha256')
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') }
}

class Crc32c implements FileChecksum {
  private sum = 0

  update(bytes: Buffer): void {
    this.sum = crc32c(bytes, this.sum)
  }

  /** The server lists the bytes of the number as its memory has them: the least first on every platform of this product. */
  digest(): string {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32LE(this.sum)
    return bytes.toString('hex')
  }
}
