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

/** Wraps file keys (16 bytes) with a key that age does not know by itself: one stanza or more. */
export interface FileKeyWrapper {
  wrapFileKey(fileKey: Uint8Array): Promise<Stanza[]>
}

/**
 * Finds its own among all stanzas of a header and unwraps the file key. Null: none is for a key that it holds. Throws
 * `object-damaged` when one of its own type is malformed, and what its service says when that one is away or refuses; the others
 * are asked all the same.
 */
export interface FileKeyUnwrapper {
  unwrapFileKey(stanzas: readonly Stanza[]): Promise<Uint8Array | null>
}

/**
 * Wraps the keys of backups with keys that lie somewhere: with this instance, in a recovery kit, in a key service. The file of a
 * backup's wrapped key is an age file with the stanzas of every recipient, so each opens it alone, and the plain `age` program
 * reads it with the recovery key whatever else stands in the header: it passes over stanzas that it does not know. The age library
 * writes and reads the file; a provider gives it keys of age as text, and wraps by itself only what is no key of age.
 *
 * What wraps and unwraps may ask a service over the network. It bounds its own time, may be called at the same time and again
 * after a failure, and changes nothing. Errors are `HoldfastError`s that say what the service said; neither file keys nor secrets of
 * the provider are in them.
 */
export interface KeyProvider {
  /** Name of its folder. */
  readonly kind: string
  /** Whether it wraps for this recipient; of all providers, one does. */
  serves(recipient: Recipient): boolean
  /** The recipient as people know it, to begin a sentence with: `The recovery key`. */
  describe(recipient: Recipient): string
  /** What wraps for a recipient that it serves: `age1...`, or itself. */
  recipient(recipient: Recipient): string | FileKeyWrapper
  /** What unwraps with the keys that it holds: `AGE-SECRET-KEY-1...`, or itself. */
  identities(): readonly (string | FileKeyUnwrapper)[]
}
