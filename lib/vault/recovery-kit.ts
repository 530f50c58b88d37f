import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { extractSigningKey, kitFile, signatureCommands, unwrapCommand } from '@/lib/core/repository/checking-signature'
import { identityFile, manifestFile, partFile, repositoryRoot, signatureFile } from '@/lib/core/repository/paths'
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

const archive = partFile('archive.dump', 'zstd', 'age')
const globals = partFile('globals.sql', 'zstd', 'age')

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
password manager. Whoever has it can read your backups. Without it, and without
the master key of the instance, nobody can.

Instance:   ${kit.instanceId}
Created:    ${kit.createdAt.toISOString()}
Public key: ${kit.recipient}
Check word: ${kit.checkWord}   (Holdfast asks for it once, to know that this file was stored)

Keep it under the name ${kitFile}, which the commands below use. When
another kit was made later, that one opens the backups of before as well, once
Settings says so. This one goes on to open every backup that it ever opened.

WHAT YOU NEED
  This file, the bucket or folder with the backups, and the standard tools
  age (https://age-encryption.org), openssl and jq, zstd (or what the files' names end in), and
  the PostgreSQL client tools (psql, pg_restore) of the version named in
  ${manifestFile} or newer. Holdfast itself is not needed.

WHERE THE BACKUPS ARE
  ${repositoryRoot}/SOURCE-ID/TIME-BACKUP-ID/    (below the destination's prefix)
    ${manifestFile}    which database, which versions, sizes and SHA-256 of each
                     file, and the commands for this very backup. A folder
                     without it is not a finished backup: take another one.
    ${signatureFile}    its signature, and the number of this backup
    ${identityFile}     the key of this backup, readable with the kit of its time;
                     identity-....age are for kits that were made later
    ${archive}    the database, in the custom format of pg_dump
    ${globals}     roles and tablespaces, as SQL

HOW TO RESTORE
  1. Copy the folder of one backup to a machine with the tools, and go there.
     Compare the checksums with "storedSha256" in ${manifestFile}:
       sha256sum *.age
  2. Unlock the key of the backup with this file:
       umask 077
       ${unwrapCommand}
  3. Create the roles (those that exist already are reported and can be ignored):
       age -d -i backup.key ${globals} | zstd -dc | psql -X -d postgres
  4. Create a new database and restore into it:
       createdb newdb
       age -d -i backup.key ${archive} | zstd -dc | pg_restore --exit-on-error -d newdb
     Each command must end without an error: in bash, run "set -o pipefail" first.
  5. Remove the key when all is done:
       rm backup.key

  Instead of zstd -dc, files that end in .gz.age need gzip -dc, .lz4.age lz4 -dc,
  .bz2.age bzip2 -dc, .xz.age xz -dc; files with none of these before .age are
  not compressed; files without .age need no key.

HOW TO SEE THAT NOBODY FORGED A BACKUP
  1. Make a file of the public key below, which every signature is checked with:
       ${extractSigningKey}
  2. In the folder of a backup; each command must succeed:
${signatureCommands.map((command) => `       ${command}`).join('\n')}
     Then compare the checksums of the other files as above.
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
