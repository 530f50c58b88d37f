import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { constants, zstdCompress, zstdDecompress } from 'node:zlib'
import { findCipher } from '@/lib/cipher/index'
import type { BuiltInFormat } from '@/lib/contracts/encryption'
import type { StoredLogObject } from '@/lib/services/log/record-log'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

/** How log is stored: always compressed with zstd where it is compressed at all, so that it can be stored in slices. */
export interface LogForm {
  compression: 'zstd' | 'none'
  level: number
  encryption: { format: BuiltInFormat; recipient: string; period: number } | null
}

/** In pieces of this size: the library's own 16 KiB cost more than the compressing. */
const outputBytes = 256 * 1024

/** One zstd frame. */
export const toFrame = (bytes: Buffer, level: number): Promise<Buffer> =>
  compress(bytes, { chunkSize: outputBytes, params: { [constants.ZSTD_c_compressionLevel]: level } })

/** The bytes of frames, one after the other. */
export async function fromFrames(frames: readonly Buffer[]): Promise<Buffer> {
  const plain: Buffer[] = []
  for (const frame of frames) plain.push(await decompress(frame, { chunkSize: outputBytes }))
  return Buffer.concat(plain)
}

/** The bytes as they are stored, with what the catalog remembers of them. */
export async function seal(
  plain: Buffer,
  form: LogForm,
): Promise<{ bytes: Buffer } & Omit<StoredLogObject, 'number' | 'name'>> {
  const packed = form.compression === 'zstd' ? await toFrame(plain, form.level) : plain
  return sealPacked({ packed, sourceSha256: sha256(plain) }, form)
}

/** The same for what is compressed already as the form says. */
export async function sealPacked(
  { packed, sourceSha256 }: { packed: Buffer; sourceSha256: string },
  form: LogForm,
): Promise<{ bytes: Buffer } & Omit<StoredLogObject, 'number' | 'name'>> {
  const bytes = form.encryption ? await encrypt(packed, form.encryption) : packed
  return {
    bytes,
    sourceSha256,
    storedBytes: bytes.length,
    storedSha256: sha256(bytes),
    compression: form.compression,
    period: form.encryption?.period ?? null,
  }
}

async function encrypt(bytes: Buffer, { format, recipient }: NonNullable<LogForm['encryption']>): Promise<Buffer> {
  const stage = await findCipher(format).encrypt([recipient])
  return buffer(Readable.from([bytes]).compose(stage))
}

/** In lower-case hex. */
export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
