import type { HandStep } from './hand-step'
import { manifestFile, signatureFile } from './paths'

/** What people keep the kit, the public signing key and a backup's unwrapped key under in every command we print. */
export const kitFile = 'holdfast-recovery-kit.txt'
export const signingKeyFile = 'holdfast-signing-key.pem'
export const backupKeyFile = 'backup.key'

/** The public signing key as a file of its own: the kit has it in its comments. */
export const extractSigningKey = `sed -n '/BEGIN PUBLIC KEY/,/END PUBLIC KEY/s/^# *//p' ${kitFile} > ${signingKeyFile}`

/** Checks with openssl and jq that a manifest is as it was signed; each must succeed. */
export const signatureCommands = [
  `jq -cSj .document ${signatureFile} > signed && jq -r .signature ${signatureFile} | base64 -d > signature`,
  `openssl pkeyutl -verify -pubin -inkey ${signingKeyFile} -rawin -in signed -sigfile signature`,
  `test "$(jq -r .manifestSha256 signed)" = "$(sha256sum ${manifestFile} | cut -d' ' -f1)" && echo unchanged`,
]

/** For the manifest: how to see that nobody forged it. The key comes from the kit, never from beside the backup. */
export const checkingSignature: HandStep[] = [
  { say: 'Check the signature. The public key is in your recovery kit', run: extractSigningKey },
  ...signatureCommands.map((run) => ({ say: 'Check', run })),
]
