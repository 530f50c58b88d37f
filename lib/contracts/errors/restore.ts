import type { ErrorEntry } from './error-entry'

/** Restoring a backup into a database of a server. */
export const restoreErrors = {
  'restore-not-granted': {
    status: 403,
    cause: 'Restoring backups of this source with the role of that other source has not been allowed.',
    remedy: 'An administrator allows it on the page of the source, under "Where its backups may be restored".',
  },
  'grant-not-needed': {
    status: 422,
    cause: 'A source may always be restored to itself, so no permission is needed.',
    remedy: 'Nothing needs to be done.',
  },
  'target-superuser': {
    status: 422,
    cause:
      'The role that would restore reaches beyond its database (superuser or the like), so code in the backup would control the whole server.',
    remedy: 'Restore with a role that is not a superuser. The message holds the SQL that creates one.',
  },
  'target-is-catalog': {
    status: 422,
    cause:
      "The target is the server that holds Holdfast's own catalog, and what a backup contains runs on the server that it is restored to.",
    remedy: 'Restore to another server.',
  },
  'target-exists': {
    status: 422,
    cause:
      'The target server has a database of this name, or there is something at the path. A restore never writes into what exists.',
    remedy: 'Choose a name or a path that is free.',
  },
  'target-invalid': {
    status: 422,
    cause:
      'The name for the new database is longer than the server takes; or the path is not absolute, lies in no folder that exists, or lies where Holdfast or a destination keeps its own.',
    remedy: 'Choose a shorter name, or a path in another folder.',
  },
  'target-too-old': {
    status: 422,
    cause: 'The target server is of an older major version than the server that the backup was taken from.',
    remedy: 'Restore into a server of the same or a newer version.',
  },
  'target-unfit': {
    status: 422,
    cause:
      'The target server lacks the locale of the database, so its rows would sort differently or amounts of type money could not be read.',
    remedy:
      'Install the locale on the machine of the target server. Or download the backup and restore it by hand into a database that you made with another locale.',
  },
  'target-busy': {
    status: 422,
    cause:
      'Another session, a time limit or a person ended a statement of the restore, or a program has files open that belong to an earlier database of the same name. It says nothing about the backup.',
    remedy: 'Restore again while nobody else works in that database, or to another name.',
  },
  'target-full': {
    status: 422,
    cause: 'The target server, or the disk that is restored to, ran out of space during the restore.',
    remedy: 'Free or add space on that disk, then restore again.',
  },
  'target-gone': {
    status: 422,
    cause: 'The target server ended, or ran out of memory, during the restore.',
    remedy: 'Look at its log and at the memory of its machine, then restore again.',
  },
  'client-too-new': {
    status: 422,
    cause:
      'The backup was written by a `pg_dump` whose archives `pg_restore` cannot restore into a server as old as the target.',
    remedy: 'Restore into a server of the version that the message names, or a newer one.',
  },
  'extension-missing': {
    status: 422,
    cause: 'The database uses extensions that the target server does not have; `facts.extensions` lists them.',
    remedy: 'Install their packages on the target server, then restore again.',
  },
  'roles-missing': {
    status: 422,
    cause: 'The target server lacks roles that own objects of the backup; `facts.roles` lists them.',
    remedy: 'Create them there (the globals file of the backup has them), or restore with owners `drop`.',
  },
  'selection-empty': {
    status: 422,
    cause: 'The backup holds no schema or table of the requested name.',
    remedy: 'Write the name as the database has it, `schema.table`, with the same upper and lower case.',
  },
  'restore-running': {
    status: 422,
    cause: 'Another restore is writing the database of this name at this moment.',
    remedy: 'Wait for it to end, or choose another name.',
  },
  'restore-killed': {
    status: 422,
    cause: '`pg_restore` was killed before it had finished, and nobody had cancelled it.',
    remedy:
      'Look for "Out of memory" in the kernel log of the machine that the worker runs on. Give it more memory, and restore again.',
  },
  'restore-failed': {
    status: 422,
    cause:
      'The server refused a statement of the restore. The message names the object and what the server said; `facts.fault` says what is at fault.',
    remedy:
      'Follow the advice in the answer. If the source is at fault, fix it there and back up again; if it is gone, restore by hand without that object.',
  },
} satisfies Record<string, ErrorEntry>
