import { Decrypter } from 'age-encryption'
import { HoldfastError } from '@/lib/core/holdfast-error'

/** A header for a thousand recipients is half of this. */
const maxHeaderBytes = 256 * 1024
const intro = 'age-encryption.org/v1\n'

/** Where the header ends that a file begins with; null when its end is not there yet. Throws `object-damaged` when it is none. */
export function headerEnd(beginning: Buffer): number | null {
  const known = Math.min(intro.length, beginning.length)
  if (beginning.toString('latin1', 0, known) !== intro.slice(0, known)) throw damaged('it is not in the age format')
  const mac = beginning.indexOf('\n--- ')
  const end = mac < 0 ? -1 : beginning.indexOf('\n', mac + 1)
  if (end >= 0) return end + 1
  if (beginning.length > maxHeaderBytes) throw damaged('its header has no end')
  return null
}

export function damaged(what: string, cause?: unknown): HoldfastError {
  return new HoldfastError('object-damaged', `The encrypted data is damaged: ${what}`, { cause })
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

export async function unwrapFileKey(identity: string, header: Buffer): Promise<Uint8Array> {
  const decrypter = new Decrypter()
  try {
    decrypter.addIdentity(identity)
  } catch {
    // Without the cause: the library's message may quote the identity.
    throw new HoldfastError('key-invalid', 'The age identity is not a valid key')
  }
  try {
    return await decrypter.decryptHeader(header)
  } catch (cause) {
    if (cause instanceof Error && cause.message.includes('no identity matched')) {
      throw new HoldfastError('key-missing', 'The data was not encrypted for this key', { cause })
    }
    throw damaged('its header does not verify', cause)
  }
}
