import type { ErrorEntry } from './error-entry'

/** The master key, the recovery kit, the keys of backups, and signatures. */
export const keyErrors = {
  'master-key-invalid': {
    status: 422,
    cause: 'The file or variable of the master key does not hold 32 bytes in base64 or hex.',
    remedy:
      'Give the right key, in the form in which `openssl rand -base64 32` prints one. Do not create a new one for an instance that has data: only the old key opens its secrets.',
  },
  'master-key-unreadable': {
    status: 422,
    cause: 'The file of the master key does not exist or may not be read by the user who runs Holdfast.',
    remedy: 'Put the file back where the message says, or give that user the right to read it.',
  },
  'master-key-exposed': {
    status: 422,
    cause: 'Other users of the machine may read the file of the master key.',
    remedy:
      'Run the `chmod 600` that the message names. If others had access to the machine, replace the stored passwords as well.',
  },
  'master-key-wrong': {
    status: 422,
    cause: 'The secrets in the catalog are sealed with another master key than the one given.',
    remedy: 'Give the key that replaced it, or both keys. See `docs/recovery.md`.',
  },
  'new-key-needed': {
    status: 422,
    cause: 'The master key comes from the environment, and no new one was given to replace it with.',
    remedy: 'Make one with `openssl rand -base64 32`, and give it in the variable that the message names.',
  },
  'rotation-unfinished': {
    status: 422,
    cause: 'An earlier replacement of the master key has not finished.',
    remedy: 'Run `npm run holdfast -- rotate-master-key` again: it resumes where the earlier run was interrupted.',
  },
  'secret-unreadable': {
    status: 500,
    cause: 'A stored secret does not open with the master key of this instance.',
    remedy: 'Start Holdfast with the master key that the secret was stored under, or enter the secret again.',
  },
  'key-invalid': {
    status: 422,
    cause:
      'A recovery key, or the key of a backup, is not a valid age key; or a backup is to be encrypted for a key that no key provider is set up for.',
    remedy:
      'Make a new recovery kit in the settings. For a key that was typed, compare it with the kit, character by character.',
  },
  'key-missing': {
    status: 422,
    cause:
      'The backup was not encrypted for this instance: another instance wrote it, or the master key was a different one.',
    remedy:
      'Start Holdfast with the master key of the instance that wrote the backup, or restore with the recovery kit (`docs/recovery.md`).',
  },
  'format-unsupported': {
    status: 422,
    cause: 'A backup is encrypted in a format that this version of Holdfast does not have: a newer version wrote it.',
    remedy: 'Update Holdfast, or decrypt the backup by hand as the `RESTORE.md` beside it says.',
  },
  'recovery-key-exists': {
    status: 409,
    cause: 'The instance has a recovery key already.',
    remedy: 'Keep the stored kit, or replace it: the new one opens the backups that there are as well.',
  },
  'recovery-kit-missing': {
    status: 422,
    cause: 'There is no recovery kit to confirm yet.',
    remedy: 'Make one in the settings, and store it away from this machine.',
  },
  'recovery-kit-without-word': {
    status: 422,
    cause: 'The recovery kit was made by an earlier version, which printed no check word.',
    remedy: 'Replace it: the new kit opens the backups that there are as well.',
  },
  'check-word-wrong': {
    status: 422,
    cause: 'The word that was entered is not the check word of the present recovery kit.',
    remedy: 'It stands near the beginning of the file. If several kits were made, only the last one counts.',
  },
  'signature-invalid': {
    status: 422,
    cause:
      'A signed document beside the backups was changed, does not belong where it lies, or is signed with a key that is not trusted.',
    remedy: 'Find out who changed it, and do not trust the store until you know. Compare with another destination.',
  },
  'evidence-refused': {
    status: 422,
    cause:
      'An evidence file is not as it was signed, was signed with another key than the one given, or lacks what is asked of it.',
    remedy:
      'Do not rely on this file. Get it again, byte for byte, from the Holdfast that made it, and compare the public keys.',
  },
  'evidence-key-invalid': {
    status: 422,
    cause: 'The public key given for checking evidence is neither 32 bytes in base64 nor an Ed25519 PEM.',
    remedy:
      'Take it from the recovery kit, export it under Settings, or print it with `npm run holdfast -- evidence-key`.',
  },
} satisfies Record<string, ErrorEntry>
