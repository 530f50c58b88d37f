import type { ErrorEntry } from './error-entry'

/** Starting Holdfast, its catalog, and the command line. */
export const startErrors = {
  'home-unusable': {
    status: 422,
    cause: 'The data folder cannot be made or written.',
    remedy: 'Give the folder to the user who starts Holdfast, or name another one in `HOLDFAST_HOME`.',
  },
  'disk-full': {
    status: 422,
    cause: 'The disk that holds the data folder is full.',
    remedy: 'Free some space and start again.',
  },
  'start-locked': {
    status: 422,
    cause: 'Holdfast runs on this data folder already, or another start is under way.',
    remedy: 'Stop that one first or wait until it is done, or name another folder in `HOLDFAST_HOME`.',
  },
  'invalid-setting': {
    status: 422,
    cause: 'A setting that lists networks holds something that is no address or network.',
    remedy: 'Write addresses and networks with commas between them, such as `10.0.0.0/8,192.0.2.7`.',
  },
  'token-too-short': {
    status: 422,
    cause: 'A token that was given in the environment is so short that it can be guessed.',
    remedy: 'Make one with `openssl rand -base64 32`.',
  },
  'postgres-missing': {
    status: 422,
    cause: 'There is no embedded PostgreSQL for this machine.',
    remedy: 'Set `DATABASE_URL` to an empty database of PostgreSQL 15 or newer.',
  },
  'postgres-failed': {
    status: 422,
    cause: 'The server of the catalog could not be set up or did not start.',
    remedy: 'Read its log, which the message names, and remove the cause.',
  },
  'catalog-address-invalid': {
    status: 422,
    cause: '`DATABASE_URL` is not the address of a PostgreSQL database.',
    remedy: 'Write `postgresql://user:password@host:5432/database`, or unset it to use the embedded PostgreSQL.',
  },
  'catalog-password-missing': {
    status: 422,
    cause: "The catalog's passwords are gone from the folder of keys, while its data is still there.",
    remedy: 'Put the folder `keys` of the data folder back from its copy; the data itself is untouched.',
  },
  'catalog-password-wrong': {
    status: 422,
    cause: "The catalog's server refuses the password in the folder of keys: keys and data do not belong together.",
    remedy: 'Put the folder `keys` back that belongs to this data; the data itself is untouched.',
  },
  'catalog-newer': {
    status: 422,
    cause: 'A newer release has changed the catalog, and this one does not know its tables.',
    remedy: 'Start the newer release, or restore the catalog from a backup that this one took.',
  },
  'migration-failed': {
    status: 422,
    cause: 'A change of the tables of the catalog failed, at this start or at an earlier one.',
    remedy: 'Read the column `logs` of `_prisma_migrations`, fix the cause, delete that row and start again.',
  },
  'migration-edited': {
    status: 422,
    cause: 'A file of a migration was changed after it had been applied to the catalog.',
    remedy: 'Put the file of the release back. Write a new migration for further changes.',
  },
  'not-running': {
    status: 422,
    exit: 3,
    cause: 'The command line found no Holdfast in the data folder.',
    remedy: 'Start it with `npm start`, or name its folder in `HOLDFAST_HOME`.',
  },
  'still-running': {
    status: 422,
    cause: 'The master key cannot be replaced while a worker of this catalog runs.',
    remedy: 'Stop Holdfast on every machine that uses this catalog, then run the command again.',
  },
  usage: {
    status: 422,
    exit: 2,
    cause: 'A command line has an unknown verb or option, or lacks an argument.',
    remedy: 'See `npm run holdfast -- help`.',
  },
  'file-unreadable': {
    status: 422,
    cause: 'A file that was named on the command line cannot be read, or is not what the verb takes.',
    remedy: 'Check its path and its rights. Export it again if it is of the wrong form.',
  },
} satisfies Record<string, ErrorEntry>
