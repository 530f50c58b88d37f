import type { ErrorEntry } from './error-entry'

/** Taking a backup, copying it, and deleting it. */
export const backupErrors = {
  'producer-failed': {
    status: 422,
    cause:
      '`pg_dump` failed or was killed, or another session rewrote, renamed or dropped tables while the backup started. This attempt left no backup.',
    remedy:
      'Read its last messages in the details. If tables were changed, the next attempt succeeds. If it was killed, look for "Out of memory" in the kernel log of the machine.',
  },
  'producer-truncated': {
    status: 422,
    cause: 'The output of the dump tool, or the stored object, is not a complete archive that Holdfast can read.',
    remedy:
      'While backing up: back up again, and look at the memory and disk of the machine if it repeats. While restoring: use another copy or another backup, and look at the store. For an unknown format update Holdfast, or name a `pg_dump` that it knows in `HOLDFAST_PG_BIN`.',
  },
  'lock-timeout': {
    status: 422,
    cause:
      'Another session changes a table (DDL, TRUNCATE, VACUUM FULL, LOCK TABLE), and the backup gave up waiting for it.',
    remedy:
      'Let that session finish or end it, or take the backup at another time. The time to wait is an option of the source. The message names the session where it is known.',
  },
  'recovery-conflict': {
    status: 422,
    cause: 'The replica that the backup read from ended it, because it conflicted with what the replica had to replay.',
    remedy:
      'The next attempt reads from the primary. To avoid it, set `hot_standby_feedback = on` or raise `max_standby_streaming_delay` on the replica.',
  },
  'replica-unfit': {
    status: 422,
    cause:
      'The replica of the source is not a standby, or is a standby of another cluster. The backup reads from the primary instead, with a warning.',
    remedy: 'Correct host and port of the replica in the source.',
  },
  'standby-promoted': {
    status: 422,
    cause: 'The standby became a primary while the backup was reading from it.',
    remedy: 'Check which server is the primary now, and correct the source. The next attempt starts over.',
  },
  'value-unreadable': {
    status: 422,
    cause:
      'A table holds a value that the server cannot read, because its disk holds damage, or that it cannot write as text, because it is too long (1 GB).',
    remedy:
      'Find the row by reading the table in ranges of its key. Shorten a long value. Take a damaged row from an older backup, delete it, and check the disk of the server.',
  },
  'destination-needed': {
    status: 422,
    cause:
      'A backup has nowhere to go: there is no destination, none is chosen among several, or those that were chosen have been deleted.',
    remedy: 'Add a destination, name `destinationIds`, or choose destinations in the schedule of the source.',
  },
  'form-unsupported': {
    status: 422,
    cause: 'Backups of this engine cannot be downloaded in the form that was asked for.',
    remedy: 'Download the backup as `plain`, or as it is `stored`.',
  },
  'kind-unsupported': {
    status: 422,
    cause: 'Backups of this kind are not supported for this source.',
    remedy: 'Ask for a backup of kind `logical`.',
  },
  'copy-behind': {
    status: 422,
    cause: 'A destination took the backup so slowly that it held production back; the backup went on without it.',
    remedy:
      'Nothing needs to be done: it is copied automatically from another destination. If backups should wait for this destination, set "Always wait for it" in its settings.',
  },
  'copy-failed': {
    status: 422,
    cause: 'The backup is good, but one of its destinations did not take it. The message says why for each.',
    remedy:
      'Follow the advice for that destination, or test it. The copy is created automatically as soon as possible.',
  },
  'no-copy': {
    status: 422,
    cause:
      'No stored copy of the backup can be read: it has none, or every one is missing, damaged, archived or out of reach. The message says what happened to each.',
    remedy: 'Fix what the message names for each destination, or use another backup.',
  },
  'copy-stored': {
    status: 409,
    cause: 'The backup is stored in this destination already.',
    remedy: 'Nothing needs to be done. If you doubt the copy, read it back with a quick restore test.',
  },
  'backup-not-restorable': {
    status: 422,
    cause: 'The backup did not succeed or was deleted, so nothing is stored that could be restored, tested or copied.',
    remedy: 'Choose a backup that succeeded and is stored somewhere.',
  },
  'backup-pinned': {
    status: 409,
    cause: 'The backup is pinned, which keeps it from being deleted.',
    remedy: 'Unpin it first if it should be deleted.',
  },
  'backup-in-use': {
    status: 409,
    cause: 'A job is reading this backup; `facts.jobId` names it.',
    remedy: 'Wait for the job to finish, or cancel it.',
  },
  'backup-needed': {
    status: 409,
    cause: 'Other backups cannot be restored without this one.',
    remedy: 'Delete those backups first, then this one.',
  },
  'last-good-backup': {
    status: 409,
    cause: 'It is the last good backup of its source, which is never deleted.',
    remedy: 'Take a new backup first.',
  },
  'nothing-to-undo': {
    status: 409,
    cause: 'There is no planned deletion to undo: none was requested, or it was carried out already.',
    remedy: 'If the backup is gone, restore from another one. To protect a backup from deletion, pin it.',
  },
} satisfies Record<string, ErrorEntry>
