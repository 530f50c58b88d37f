import type { ErrorEntry } from './error-entry'

/** How jobs end, and the programs that they run. */
export const jobErrors = {
  'already-running': {
    status: 409,
    cause: 'The same job is waiting or running already (`facts.jobId` names it), or another source is being measured.',
    remedy: 'Wait for it to finish, or cancel it.',
  },
  'already-finished': {
    status: 409,
    cause: 'The job has ended, or the alert is over.',
    remedy: 'Nothing is left to be done.',
  },
  missed: {
    status: 422,
    cause:
      'A run that was due did not start: no worker was running when it was due, or the job was refused. The message says why.',
    remedy: 'Check that the worker runs, and start the run by hand if the next one is too far away.',
  },
  'served-by-another': {
    status: 422,
    cause:
      'A run was due while the one before it still waited for its window, and that one serves for both. `facts.jobId` names it.',
    remedy:
      'Nothing is to be done: of the runs that are due outside a window, the first waits for it and the others leave a row.',
  },
  cancelled: {
    status: 422,
    cause: 'A person or a program cancelled the job.',
    remedy: 'Start it again if it is still wanted. The audit log says who cancelled it.',
  },
  interrupted: {
    status: 422,
    cause: 'The worker was stopped, was killed, ran out of memory, or its machine went down in the middle of the run.',
    remedy:
      'It is tried again by itself while attempts are left; else start it again. If nobody stopped the worker, look for "Out of memory" in the kernel log of its machine.',
  },
  'lease-lost': {
    status: 422,
    cause:
      'A worker was silent for so long that its job was given to another one. What the slow one did was discarded.',
    remedy:
      'Look at the load and the memory of the machine, and at its connection to the catalog. The job itself goes on elsewhere.',
  },
  'job-state': {
    status: 422,
    cause: 'A job was to go from one state to another that does not follow it, which is a fault of Holdfast.',
    remedy: 'Reload the job: a finished one never changes again. Report it with the log of the worker.',
  },
  'cleanup-incomplete': {
    status: 422,
    cause:
      'Some objects of deleted backups could not be removed from their stores. The message says why for each destination.',
    remedy: 'Check the destinations, the permission to delete and object locks. The next clean-up tries again.',
  },
  'rewrap-incomplete': {
    status: 422,
    cause:
      'The keys of some copies could not be wrapped for the new recovery kit or master key, because their stores could not be written.',
    remedy: 'Check the destinations that are named; it is tried again by itself. Keep the old kit until then.',
  },
  'copies-not-whole': {
    status: 422,
    cause: 'When stored copies were read back, some were damaged or missing, or could not be read.',
    remedy:
      'Look at the copies that the message names. Copies that are missing are made anew from a good one; restore from another copy meanwhile.',
  },
  'command-failed': {
    status: 422,
    cause:
      'A program that Holdfast runs could not be started, or ended with an error. Its last words are in `facts.stderr`.',
    remedy: 'Read them. When it was killed, look for "Out of memory" in the kernel log of the machine.',
  },
  'command-missing': {
    status: 422,
    cause:
      'A program that is needed, such as one for a compression, is not installed where the worker runs, or may not be executed.',
    remedy: 'Install the package that the message names, or add the folder of the program to `PATH`.',
  },
  'command-closed-input': {
    status: 422,
    cause: 'A program ended before it had read all of its input.',
    remedy: 'Read its last words in `facts.stderr`, and look at the memory and the disk of the machine.',
  },
  'command-stuck': {
    status: 422,
    cause:
      'A process does not even end by SIGKILL: it hangs inside the kernel, most often on a network mount that does not answer.',
    remedy: 'Check the mounts. If it stays, restart the machine.',
  },
} satisfies Record<string, ErrorEntry>
