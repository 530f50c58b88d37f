import { type BuiltInFormat, type EncryptionFormat, isBuiltIn } from '@/lib/contracts/encryption'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Cipher } from '@/lib/ports/cipher'
import { ageCipher } from './age/cipher'

/** Every format that is built in. */
export const ciphers: Record<BuiltInFormat, Cipher> = { age: ageCipher }

/** The cipher of a format; throws `format-unsupported` when it is not built in. */
export function findCipher(format: EncryptionFormat): Cipher {
  if (isBuiltIn(format)) return ciphers[format]
  throw new HoldfastError(
    'format-unsupported',
    `The backup is encrypted in the format ${format}, which is not built in.`,
    {
      remedy: 'Update Holdfast, or decrypt the backup by hand as the RESTORE.md beside it says.',
      facts: { format },
    },
  )
}
