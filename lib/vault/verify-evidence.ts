import { type EvidenceDocument, signedEvidenceSchema } from '@/lib/contracts/evidence'
import { canonicalJson } from '@/lib/core/evidence/canonical-json'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { rawPublicKey } from './raw-public-key'
import { isSignedBy } from './signed-document'

const refused = (message: string, remedy: string) => new HoldfastError('evidence-refused', message, { remedy })
const fetchAgain = 'Do not rely on this file. Get it again from the Holdfast that made it, as it is, byte for byte.'

/**
 * Checks an evidence file and answers what it says. Throws `evidence-refused` when any byte is not as it was signed, or
 * when it was signed with another key than `trustedKey` (base64 or PEM). Without that key it only shows that the file
 * was not changed since, not who made it. Needs nothing but the file: no catalog, no network.
 */
export function verifyEvidence(file: string, trustedKey?: string): EvidenceDocument {
  const signed = parse(file)
  const { document, signature } = signed
  // One value has one canonical text, so this also refuses doubled members, other spellings and added white space.
  if (canonicalJson(signed) !== file.replace(/\n$/, '')) {
    throw refused('The file is not in the form that was signed: it was changed or formatted anew.', fetchAgain)
  }
  if (!isSignedBy(document, signature, document.signing.publicKey)) {
    throw refused('The signature does not fit: the file was changed after it was signed.', fetchAgain)
  }
  if (trustedKey !== undefined && rawPublicKey(trustedKey) !== document.signing.publicKey) {
    throw refused(
      'The file is signed, but not with the key that was given: another Holdfast made it, or someone forged it.',
      'Compare the public key with the one under Settings of the Holdfast that should have made it.',
    )
  }
  return document
}

function parse(file: string) {
  try {
    return signedEvidenceSchema.parse(JSON.parse(file))
  } catch {
    throw refused('The file is not an evidence document of Holdfast, or it was changed.', fetchAgain)
  }
}
