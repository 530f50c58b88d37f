import type { Recipient } from '../contracts/repository/manifest'

/**
 * One entry in the header of an age file (https://age-encryption.org/v1, "Recipient stanza"): what somebody needs, with a key of
 * their own, to get at the file key.
 */
export interface Stanza {
  /** The first is the type, of a service one like `holdfast.example/name`; printable ASCII without blanks, none empty. */
  readonly args: readonly string[]
  /** The wrapped file key, in the provider's own form. */
  readonly body: Uint8Array
}

/**
 * Wraps the keys of backups with keys that lie somewhere: with this instance, in a recovery kit, in a key service. The file of a
 * backup's wrapped key is an age file with the stanzas of every recipient, so each opens it alone, and the plain `age` program
 * reads it with the recovery key whatever else stands in the header: it passes over stanzas that it does not know.
 *
 * `wrap` and `unwrap` may ask a service over the network. They bound their own time, may be called at the same time and again
 * after a failure, and change nothing. Errors are `HoldfastError`s that say what the service said; neither file keys nor secrets of the
 * provider are in them.
 */
export interface KeyProvider {
  /** Name of its folder. */
  readonly kind: string
  /** Whether it wraps for this recipient; of all providers, one does. */
  serves(recipient: Recipient): boolean
  /** The recipient as people know it, to begin a sentence with: `The recovery key`. */
  describe(recipient: Recipient): string
  /** Wraps a file key (16 bytes) for a recipient that it serves: one stanza or more. Throws `key-invalid` when there is no such key. */
  wrap(fileKey: Uint8Array, recipient: Recipient): Promise<Stanza[]>
  /**
   * Finds its own among all stanzas of a header and unwraps the file key. Null: none is for a key that it holds. Throws
   * `object-damaged` when one of its own type is malformed, and what its service says when that one is away or refuses; the other providers
   * are asked all the same.
   */
  unwrap(stanzas: readonly Stanza[]): Promise<Uint8Array | null>
}
