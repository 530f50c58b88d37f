import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Recipient } from '@/lib/contracts/repository/manifest'
import type { KeyProvider } from '@/lib/ports/key-provider'
import { publicKeyOf, secretKeyOf } from './key-pair'
import { unwrapWith, wrapFor } from './stanza'

/** Backups of version 1 do not say whose age key it is. */
const names: Partial<Record<Recipient['kind'], string>> = {
  instance: 'The key of the instance',
  recovery: 'The recovery key',
  age: 'The age key',
}

/**
 * Age keys with X25519: wraps for every `age1...`, among them the recovery key whose other half is not here, and unwraps with the
 * identities (`AGE-SECRET-KEY-1...`) that are given, the first that fits. Throws `key-invalid` when one of them is none.
 */
export function localKeys(identities: readonly string[]): KeyProvider {
  const secretKeys = identities.map((identity) => {
    const key = secretKeyOf(identity)
    // Without the text: it is a secret.
    if (!key) throw new HoldfastError('key-invalid', 'The age identity is not a valid key')
    return key
  })
  const describe = ({ kind, id }: Recipient) => names[kind] ?? id
  return {
    kind: 'local',
    serves: ({ kind }) => kind in names,
    describe,
    async wrap(fileKey, recipient) {
      const key = publicKeyOf(recipient.id)
      if (key) return [wrapFor(key, fileKey)]
      throw new HoldfastError('key-invalid', `${describe(recipient)} is not a valid age key`, {
        remedy: 'Make a new recovery kit in the settings.',
      })
    },
    async unwrap(stanzas) {
      for (const key of secretKeys) {
        const fileKey = unwrapWith(key, stanzas)
        if (fileKey) return fileKey
      }
      return null
    },
  }
}
