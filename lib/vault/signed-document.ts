import { verify } from 'node:crypto'
import { z } from 'zod'
import { canonicalJson } from '@/lib/core/evidence/canonical-json'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Vault } from '@/lib/ports/vault'
import { evidencePublicKey, exactBase64 } from './evidence-key'

const signatureBytes = 64

/**
 * The file of a signed document: `{"document":...,"signature":"..."}` in the canonical form of RFC 8785, so that jq and
 * openssl can check it. The document names the key, so that nothing but the signature stands outside of what is signed.
 */
export async function signDocument<T extends { publicKey: string }>(
  vault: Pick<Vault, 'signEvidence'>,
  document: T,
): Promise<Buffer> {
  const signature = await vault.signEvidence(Buffer.from(canonicalJson(document)))
  return Buffer.from(`${canonicalJson({ document, signature })}\n`)
}

/** Whether the signature (64 bytes in base64) over the document's canonical text is that of the key (32 bytes in base64). */
export function isSignedBy(document: unknown, signature: string, publicKey: string): boolean {
  const key = evidencePublicKey(publicKey)
  const bytes = exactBase64(signature, signatureBytes)
  return key !== null && bytes !== null && verify(null, Buffer.from(canonicalJson(document)), key, bytes)
}

/**
 * Reads such a file. Throws `signature-invalid` when it is of another form, when any byte is not as it was signed, or when
 * it was signed with a key that is not among those trusted.
 */
export function readSigned<T extends { publicKey: string }>(
  bytes: Buffer,
  schema: z.ZodType<T>,
  trustedKeys: ReadonlySet<string>,
): T {
  const text = bytes.toString('utf8')
  const file = z.strictObject({ document: schema, signature: z.string() }).safeParse(parseJson(text))
  if (!file.success) throw invalid('It is not in the form of a signed document.')
  const { document, signature } = file.data
  // One value has one canonical text, so this also refuses doubled members, other spellings and added white space.
  if (`${canonicalJson(file.data)}\n` !== text) throw invalid('It was changed or formatted anew.')
  if (!isSignedBy(document, signature, document.publicKey)) {
    throw invalid('The signature does not fit: it was changed after it was signed.')
  }
  if (!trustedKeys.has(document.publicKey)) throw invalid('It is signed, but with a key that is not trusted.')
  return document
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function invalid(message: string): HoldfastError {
  return new HoldfastError('signature-invalid', message)
}
