import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { identityFile, manifestFile, partFile, repositoryRoot } from '@/lib/core/repository/paths'

export interface NewRecoveryKit {
  /** What backups are wrapped for; the only part that is kept. */
  recipient: string
  /** The private half: shown once. */
  identity: string
  /** The document, which is at the same time an identity file for `age -d -i`. */
  text: string
  fileName: string
}

const archive = partFile('archive.dump', 'zstd', 'age')
const globals = partFile('globals.sql', 'zstd', 'age')

function describe(kit: { instanceId: string; createdAt: Date; recipient: string; fileName: string }): string {
  return `Holdfast recovery kit

Keep this file away from the machines it protects: printed in a safe, or in a
password manager. Whoever has it can read your backups. Without it, and without
the master key of the instance, nobody can.

Instance:   ${kit.instanceId}
Created:    ${kit.createdAt.toISOString()}
Public key: ${kit.recipient}

WHAT YOU NEED
  This file, the bucket or folder with the backups, and the standard tools
  age (https://age-encryption.org), zstd (or what the files' names end in), and
  the PostgreSQL client tools (psql, pg_restore) of the version named in
  ${manifestFile} or newer. Holdfast itself is not needed.

WHERE THE BACKUPS ARE
  ${repositoryRoot}/SOURCE-ID/TIME-BACKUP-ID/    (below the destination's prefix)
    ${manifestFile}    which database, which versions, sizes and SHA-256 of each
                     file, and the commands for this very backup. A folder
                     without it is not a finished backup: take another one.
    ${identityFile}     the key of this backup, readable with this file
    ${archive}    the database, in the custom format of pg_dump
    ${globals}     roles and tablespaces, as SQL

HOW TO RESTORE
  1. Copy the folder of one backup to a machine with the tools, and go there.
     Compare the checksums with "storedSha256" in ${manifestFile}:
       sha256sum *.age
  2. Unlock the key of the backup with this file:
       umask 077
       age -d -i ${kit.fileName} ${identityFile} > backup.key
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

THE KEY (the only line in this file that is not a comment; it is secret)`
}

/**
 * Makes a recovery key and the document that explains it. Every line but the key's is a comment, so the file as it is
 * serves `age -d -i`.
 */
export async function makeRecoveryKit(options: { instanceId: string; createdAt: Date }): Promise<NewRecoveryKit> {
  const identity = await generateX25519Identity()
  const recipient = await identityToRecipient(identity)
  const fileName = `holdfast-recovery-kit-${options.createdAt.toISOString().slice(0, 10)}.txt`
  const comment = describe({ ...options, recipient, fileName })
    .split('\n')
    .map((line) => `# ${line}`.trimEnd())
    .join('\n')
  return { recipient, identity, text: `${comment}\n${identity}\n`, fileName }
}
