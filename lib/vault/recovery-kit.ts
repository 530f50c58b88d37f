import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { backupKeyFile, extractSigningKey, kitFile, signatureCommands } from '@/lib/core/repository/checking-signature'
import { unwrapCommand } from '@/lib/core/repository/hand-reading'
import { manifestFile, repositoryRoot, restoreGuideFile, signatureFile } from '@/lib/core/repository/paths'
import { checkFiles } from '@/lib/core/repository/restore-guide'
import { storedFormats } from '@/lib/core/repository/stored-formats'
import { checkWordOf } from './check-word'
import { publicKeyPem } from './evidence-key'

export interface NewRecoveryKit {
  /** What backups are wrapped for; the only part that is kept. */
  recipient: string
  /** The private half: shown once. */
  identity: string
  /** The document, which is at the same time an identity file for `age -d -i`. */
  text: string
  fileName: string
  /** Printed in the document, and typed back to show that it was stored. */
  checkWord: string
}

interface KitFacts {
  instanceId: string
  createdAt: Date
  recipient: string
  checkWord: string
  /** The public key that manifests are signed with: 32 bytes in base64. */
  signingKey: string
}

function describe(kit: KitFacts): string {
  return `Holdfast recovery kit

Keep this file away from the machines it protects: printed in a safe, or in a
password manager. Anyone who has it can read your backups. Without it, and without
the master key of the instance, nobody can.

Instance:   ${kit.instanceId}
Created:    ${kit.createdAt.toISOString()}
Public key: ${kit.recipient}
Check word: ${kit.checkWord}   (Holdfast asks for it once, to know that this file was stored)

Keep it under the name ${kitFile}, which the commands below use. When
another kit was made later, that one opens earlier backups as well, once
Settings says so. This one still opens every backup that it ever opened.

WHAT YOU NEED
  This file, the bucket or folder with the backups, and standard tools:
  age (https://age-encryption.org), openssl, jq, and those that the backup
  itself names. Holdfast is not needed.

WHERE THE BACKUPS ARE
  ${repositoryRoot}/SOURCE-ID/TIME-BACKUP-ID/    (below the destination's prefix)
    ${manifestFile}    which database, which versions, sizes and SHA-256 of each
                     file, and the commands for this very backup. A folder
                     without it is not a finished backup: take another one.
    ${restoreGuideFile}       the same commands, to read
    ${signatureFile}    its signature, and the number of this backup
    ${storedFormats.age.keyFile}     the key of this backup, readable with the kit of its time;
                     identity-....age are for kits that were made later

HOW TO RESTORE
  1. Copy the folder of one backup to a machine with the tools, put this file
     there as ${kitFile}, and go there. See that nobody forged it, below.
  2. Unlock the key of the backup with this file:
       umask 077
       ${unwrapCommand('age')}
  3. Type the commands that this prints, in bash after "set -o pipefail"; where
     there is a ${restoreGuideFile}, it has the same ones to read:
       jq -r '.howToRestore[]' ${manifestFile}
  4. See that the key is gone when all is done:
       rm -f ${backupKeyFile}

HOW TO SEE THAT NOBODY FORGED A BACKUP
  1. Make a file of the public key below, which every signature is checked with:
       ${extractSigningKey}
  2. In the folder of a backup; each command must succeed:
${signatureCommands.map((command) => `       ${command}`).join('\n')}
     Then compare the other files with it:
       ${checkFiles.run}
  3. Whether backups were removed or replaced, where Holdfast's command is:
       npm run holdfast -- verify-manifests FOLDER --key holdfast-signing-key.pem

${publicKeyPem(kit.signingKey).trimEnd()}

THE KEY (the only line in this file that is not a comment; it is secret)`
}

/**
 * Makes a recovery key and the document that explains it. Every line but the key's is a comment, so the file as it is
 * serves `age -d -i`.
 */
export async function makeRecoveryKit(
  options: Pick<KitFacts, 'instanceId' | 'createdAt' | 'signingKey'>,
): Promise<NewRecoveryKit> {
  const identity = await generateX25519Identity()
  const recipient = await identityToRecipient(identity)
  const checkWord = checkWordOf(identity)
  const comment = describe({ ...options, recipient, checkWord })
    .split('\n')
    .map((line) => `# ${line}`.trimEnd())
    .join('\n')
  return { recipient, identity, text: `${comment}\n${identity}\n`, fileName: kitFile, checkWord }
}
