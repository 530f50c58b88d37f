import type { Recipient } from '../contracts/repository/manifest'
import type { BackupKey, Cipher } from './cipher'

/**
 * Seals secrets at rest and holds the instance's age identity. Its master key never leaves it, and may be kept elsewhere: calls
 * may take as long as a key service needs to answer.
 */
export interface Vault {
  /** The name of the master key in what it seals. */
  readonly keyId: string
  /** Seals text for the catalog; `context` (e.g. `source:<id>`) is bound in and must be given again to unseal. */
  seal(plain: string, context: string): Promise<string>
  /** Throws `secret-unreadable` when the master key or the context is another. */
  unseal(sealed: string, context: string): Promise<string>
  /** age recipient of this instance, `age1...`. */
  readonly instanceRecipient: string
  /** Ed25519 public key that evidence of this instance is checked with: 32 bytes in base64. */
  readonly evidencePublicKey: string
  /** Ed25519 signature of the bytes: 64 bytes in base64. */
  signEvidence(bytes: Uint8Array): Promise<string>
  /**
   * Makes a backup's key and wraps it (as an age file) for the recipients given; the instance's own is always one of them. Answers for
   * whom it was wrapped, each once. Throws `key-invalid`, and what a key service says.
   */
  createIdentity(
    cipher: Pick<Cipher, 'makeKey'>,
    recipients: readonly Recipient[],
  ): Promise<BackupKey & { wrapped: Uint8Array; wrappedFor: Recipient[] }>
  /**
   * Unwraps a backup's identity with the instance's key, or with a key service. Throws `key-missing` when it was wrapped for neither,
   * `object-damaged`, and what a key service says when nothing else opens it.
   */
  unwrapIdentity(wrapped: Uint8Array): Promise<string>
  /** Wraps a backup's identity (as an age file) for exactly these recipients. Throws as `createIdentity`. */
  wrapIdentity(identity: string, recipients: readonly Recipient[]): Promise<Uint8Array>
}
