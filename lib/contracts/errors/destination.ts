import type { ErrorEntry } from './error-entry'

/** Stores, and the objects in them. */
export const destinationErrors = {
  'storage-unreachable': {
    status: 502,
    cause:
      'The store could not be reached, stopped answering, or its TLS certificate was not accepted; or the network mount behind a folder does not answer.',
    remedy:
      'Check the endpoint, the network and the firewall between the worker and the store, and for a folder the mount and its server. For a private certificate authority set `NODE_EXTRA_CA_CERTS`.',
  },
  'storage-denied': {
    status: 502,
    cause:
      'The store refused access: key, secret or session token are wrong or expired, a permission is missing, a clock differs by more than the store accepts, or the folder belongs to another user or is a link to another place.',
    remedy: 'The message says which of these it is. Follow its advice, then test the destination.',
  },
  'storage-not-found': {
    status: 502,
    cause: 'The bucket or the folder of the destination does not exist.',
    remedy:
      'Mount the disk, or correct or create the folder or the bucket. Find out why it is gone if it existed before.',
  },
  'storage-full': {
    status: 422,
    cause: 'The disk or the quota of the store is used up.',
    remedy:
      'Free space or raise the quota, then run the job again. A retention policy that keeps less also frees space.',
  },
  'storage-failed': {
    status: 502,
    cause:
      'The store or the disk reported an error that has no code of its own here, does not accept these settings (region, bucket, prefix, storage class), or is not an S3 store. The message quotes its answer.',
    remedy:
      'Compare the settings of the destination with what the message says, and read the log of the store or of the machine that holds the disk.',
  },
  'object-not-found': {
    status: 502,
    cause:
      'A stored object of a backup is not in its place: its disk is not mounted, or something other than Holdfast removed it.',
    remedy: 'Use another copy meanwhile. Check that the disk is mounted, and who else may delete there.',
  },
  'object-damaged': {
    status: 502,
    cause:
      'Stored bytes are not those that were written: size, hash, encryption or compression do not fit, or a store did not confirm what was sent.',
    remedy:
      'Restore from another copy or an older backup, test the other backups, and check the disk or the store that this one lies in.',
  },
  'object-exists': {
    status: 409,
    cause:
      'An object of this name exists already, and objects are never overwritten. Most often two instances use the same place.',
    remedy: 'Give each instance its own folder or prefix.',
  },
  'object-archived': {
    status: 409,
    cause: 'The object is in an archive class of the store and cannot be read before the store has brought it back.',
    remedy: 'Bring the copy back on the page of its backup, which takes the store some hours, or use another copy.',
  },
  'thaw-unsupported': {
    status: 422,
    cause: 'The destination has no archive, or its store cannot bring archived objects back when asked.',
    remedy: 'Where the copy is archived, bring its objects back with the tools of the store. Then read the copy again.',
  },
  'delete-refused': {
    status: 422,
    cause:
      'The store did not delete an object: the permission is missing, an object lock holds it, or the store failed.',
    remedy: 'Check the permission to delete, and object locks. The next clean-up tries again.',
  },
  'folder-refused': {
    status: 400,
    cause:
      'The folder cannot hold backups: it belongs to the system or is shared, lies in the data folder of a PostgreSQL server or of Holdfast, or is on a virtual file system of the kernel.',
    remedy: 'Choose a folder of its own on a disk, such as `/var/backups/holdfast`.',
  },
  'in-use': {
    status: 409,
    cause:
      'It cannot be deleted or moved, because backups, schedules, policies or unfinished jobs depend on it. `facts.count` says how many.',
    remedy:
      'Remove or change those first, as the message says. A destination does not move: add the new place as another destination.',
  },
  'count-changed': {
    status: 409,
    cause: 'The number of unknown objects has changed since it was confirmed.',
    remedy: 'Look at the list again, then confirm the number that it shows.',
  },
  'nothing-to-remove': {
    status: 409,
    cause: 'No unknown object in the destination has been known for a day, and younger ones may still be written to.',
    remedy: 'Look again tomorrow.',
  },
} satisfies Record<string, ErrorEntry>
