import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { zstdDecompress } from 'node:zlib'
import { findCipher } from '@/lib/cipher/index'
import { builtInFormats } from '@/lib/contracts/encryption'
import type { Compression } from '@/lib/contracts/engines/common'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { readAll } from '@/lib/pipeline/read-all'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'

const decompress = promisify(zstdDecompress)
const limitBytes = 4 << 20

/** Opens a wrapped key of a period; throws `key-missing` when it is for somebody else. */
export type OpenWrapped = (wrapped: Uint8Array) => Promise<string>

/**
 * Reads what an engine stored beside its segments. No catalog says which period's key opens it: all that lie there are tried. Throws
 * `key-missing` when none fits.
 */
export async function readSmallObject(
  input: {
    storage: Storage
    key: string
    object: { compression: Compression; encryption: 'age' | 'none' }
    /** Of the wrapped keys. */
    keys: string[]
    unwrap: OpenWrapped | null
  },
  run: RunContext,
): Promise<Buffer> {
  const { storage, key, object } = input
  const stored = await readAll(await storage.get(key, null, run), limitBytes)
  const packed = object.encryption === 'none' ? stored : await decrypt(input, stored, run)
  return object.compression === 'zstd' ? decompress(packed, { maxOutputLength: limitBytes }) : packed
}

async function decrypt(
  { storage, keys, unwrap }: Parameters<typeof readSmallObject>[0],
  stored: Buffer,
  run: RunContext,
): Promise<Buffer> {
  for (const key of unwrap ? keys : []) {
    try {
      const identity = await unwrap?.(await readAll(await storage.get(key, null, run), limitBytes))
      if (identity === undefined) continue
      return await buffer(Readable.from([stored]).compose(findCipher(builtInFormats[0]).decrypt(identity)))
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.code !== 'key-missing') throw error
    }
  }
  throw new HoldfastError('key-missing', 'None of the keys that lie there can be opened, or opens it.')
}
