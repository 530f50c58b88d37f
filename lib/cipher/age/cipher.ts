import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { storedFormats } from '@/lib/core/repository/stored-formats'
import type { Cipher } from '@/lib/ports/cipher'
import { decryptAge } from './decrypt'
import { encryptAge } from './encrypt'
import { openAgeRanges } from './open-ranges'

/** age v1 files (https://age-encryption.org/v1), with an X25519 key for each backup. */
export const ageCipher: Cipher = {
  format: 'age',
  suffix: storedFormats.age.suffix,
  keyFile: storedFormats.age.keyFile,
  async makeKey() {
    const identity = await generateX25519Identity()
    return { identity, recipient: await identityToRecipient(identity) }
  },
  async recipientOf(identity) {
    try {
      return await identityToRecipient(identity)
    } catch {
      // Without the cause: the library's message may quote the identity.
      throw new HoldfastError('key-invalid', 'The age identity is not a valid key')
    }
  },
  encrypt: encryptAge,
  decrypt: decryptAge,
  openRanges: openAgeRanges,
}
