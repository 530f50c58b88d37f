import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { ByteRange } from '@/lib/core/byte-range'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ManifestPart } from '@/lib/contracts/repository/manifest'
import type { RangeOpener } from '@/lib/ports/cipher'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import { chain } from '../chain'
import { CheckStage } from '../check-stage'
import { differs, translate } from '../open-part'

/** Opens a part for ranges with the backup's key, see `Cipher.openRanges`. */
export type OpenSealedRanges = (beginning: Buffer, sealedBytes: number) => Promise<RangeOpener | null>

export interface OpenRangesInput {
  storage: Storage
  key: string
  part: ManifestPart
  /** Null when nobody has the key. Not used for a part that is not encrypted. */
  openSealed: OpenSealedRanges | null
}

/** A stored object, decrypted but still compressed, whose middle can be read. */
export interface PackedObject {
  packedBytes: number
  read(packed: ByteRange, run: RunContext): Promise<Readable>
}

/** A header for a few recipients has 1 KiB; one for a thousand has 128. */
const beginnings = [4 * 1024, 512 * 1024]

/** Null when the key is missing or the object does not begin as it should: reading it whole tells which it is. */
export async function openPacked(input: OpenRangesInput, run: RunContext): Promise<PackedObject | null> {
  const { part } = input
  if (!part.encrypted) return { packedBytes: part.storedBytes, read: (range, scope) => stored(input, range, scope) }
  const opener = await openSealed(input, run)
  return (
    opener && {
      packedBytes: opener.plainBytes,
      read: async (range, scope) => {
        const sealed = await stored(input, opener.sealedRange(range), scope)
        return chain(sealed, [opener.decrypt(range)], (error) => translate(input, error))
      },
    }
  )
}

async function openSealed(input: OpenRangesInput, run: RunContext): Promise<RangeOpener | null> {
  const { storedBytes } = input.part
  try {
    for (const bytes of beginnings) {
      const end = Math.min(bytes, storedBytes)
      const beginning = await buffer(await stored(input, { start: 0, end }, run))
      const opener = await input.openSealed?.(beginning, storedBytes)
      if (opener) return opener
    }
  } catch (error) {
    if (!(error instanceof HoldfastError) || (error.code !== 'key-missing' && error.code !== 'object-damaged'))
      throw error
  }
  return null
}

/** Exactly these bytes as they are stored. */
async function stored(input: OpenRangesInput, { start, end }: ByteRange, run: RunContext): Promise<Readable> {
  const bytes = await input.storage.get(input.key, { start, end: end - 1 }, run)
  const check = new CheckStage('stored', { bytes: end - start, sha256: null }, (difference) =>
    differs(input, difference),
  )
  return chain(bytes, [check], (error) => translate(input, error))
}
