import type { Recipient } from '@/lib/contracts/repository/manifest'
import type { KeyProvider } from '@/lib/ports/key-provider'

/** Backups of version 1 do not say whose age key it is. */
const names: Partial<Record<Recipient['kind'], string>> = {
  instance: 'The key of the instance',
  recovery: 'The recovery key',
  age: 'The age key',
}

/**
 * Keys of age: wraps for every `age1...`, among them the recovery key whose other half is not here, and unwraps with the
 * identities (`AGE-SECRET-KEY-1...`) that are given.
 */
export function localKeys(identities: readonly string[]): KeyProvider {
  return {
    kind: 'local',
    serves: ({ kind }) => kind in names,
    describe: ({ kind, id }) => names[kind] ?? id,
    recipient: ({ id }) => id,
    identities: () => identities,
  }
}
