import type { Transform } from 'node:stream'
import type { BuiltInFormat } from '../contracts/encryption'
import type { ByteRange } from '../core/byte-range'

/** The key pair of one backup. */
export interface BackupKey {
  /** The secret half, as the format writes it on one line; it is never stored but wrapped. */
  identity: string
  /** The public half, as it stands in the manifest. */
  recipient: string
}

/** An encrypted file whose middle is read. Ranges of plain bytes have at least one byte, and lie in the file. */
export interface RangeOpener {
  /** Plain bytes in all. */
  readonly plainBytes: number
  /** The encrypted bytes that hold these plain ones: whole chunks of the format. */
  sealedRange(plain: ByteRange): ByteRange
  /**
   * A stage that turns exactly those encrypted bytes into exactly these plain ones. It gives nothing out that it has not
   * authenticated as what was encrypted at this place. Fails with `object-damaged` on any byte that was changed, moved, cut off
   * or added, and when the file has another end than its size says.
   */
  decrypt(plain: ByteRange): Transform
}

/**
 * A format that the parts of a backup are encrypted in. What it writes is read by the format's own program alone (see
 * lib/core/repository/stored-formats.ts), and what that program writes is read by it.
 *
 * Stages hold at most a few of the format's own chunks, whatever the size of the stream, and are used for one stream each.
 * They end when they are destroyed; nothing of them stays open.
 */
export interface Cipher {
  readonly format: BuiltInFormat
  /** Of the files it writes, with the dot: `.age`. */
  readonly suffix: string
  /** Name of the file with the backup's own key, wrapped. */
  readonly keyFile: string
  /** Makes a key pair for one backup; no two are alike. */
  makeKey(): Promise<BackupKey>
  /** The public half that belongs to a secret one. Throws `key-invalid`. */
  recipientOf(identity: string): Promise<string>
  /**
   * A stage that turns plain bytes into one file, which each of the recipients (at least one) can open alone. Two files are
   * never encrypted with the same key and nonces. Rejects with `key-invalid` before any byte is read.
   */
  encrypt(recipients: readonly string[]): Promise<Transform>
  /**
   * A stage that turns such a file back into plain bytes. It gives nothing out that it has not authenticated, so what came
   * out before a failure are the first bytes of what was encrypted. Fails with `object-damaged` on any byte that was changed, cut
   * off or added, with `key-missing` when the file is for other keys, and with `key-invalid` when the identity is none.
   * `key-missing` comes at the end of the stream, so that a check of the stored bytes before this stage speaks first.
   */
  decrypt(identity: string): Transform
  /**
   * Opens such a file of `sealedBytes` for reading its middle. `beginning`: its first bytes; null when these are too few, at
   * most 256 KiB are asked for. Rejects with `key-missing`, `key-invalid`, and `object-damaged` when no file of the format has
   * such a beginning, or such a size.
   */
  openRanges(identity: string, beginning: Buffer, sealedBytes: number): Promise<RangeOpener | null>
}
