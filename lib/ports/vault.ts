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
  /** Makes a backup's identity and wraps it (as an age file) for the recipients given; the instance's own is always one of them. */
  createIdentity(recipients: string[]): Promise<{ identity: string; recipient: string; wrapped: Uint8Array }>
  /** Unwraps a backup's identity with the instance's key; throws `key-missing` when it was not wrapped for it. */
  unwrapIdentity(wrapped: Uint8Array): Promise<string>
  /** Wraps a backup's identity (as an age file) for exactly these recipients. */
  wrapIdentity(identity: string, recipients: string[]): Promise<Uint8Array>
  /** The age recipient of an identity. */
  recipientOf(identity: string): Promise<string>
}
