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
    remedy: 'Nothing needs to be done.',
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
      'Nothing needs to be done. Of the runs that are due outside a window, the first waits for the window and the others are only recorded.',
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
      'It is retried automatically while attempts are left; otherwise start it again. If nobody stopped the worker, look for "Out of memory" in the kernel log of its machine.',
  },
  'lease-lost': {
    status: 422,
    cause:
      'A worker was silent for so long that its job was given to another one. The work of the slow worker was discarded.',
    remedy:
      'Look at the load and the memory of the machine, and at its connection to the catalog. The job itself goes on elsewhere.',
  },
  'job-state': {
    status: 422,
    cause: 'A job cannot change from its state to the requested one. This is a fault of Holdfast.',
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
    remedy: 'Check the destinations that are named; it is retried automatically. Keep the old kit until then.',
  },
  'copies-not-whole': {
    status: 422,
    cause: 'When stored copies were read back, some were damaged or missing, or could not be read.',
    remedy:
      'Look at the copies that the message names. They are replaced automatically from a good copy; restore from another copy meanwhile.',
  },
  'command-failed': {
    status: 422,
    cause:
      'A program that Holdfast runs could not be started, or ended with an error. The end of its output is in `facts.stderr`.',
    remedy: 'Read it. If it was killed, look for "Out of memory" in the kernel log of the machine.',
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
    remedy: 'Read the end of its output in `facts.stderr`, and check the memory and the disk of the machine.',
  },
  'command-stuck': {
    status: 422,
    cause:
      'A process did not end after SIGKILL: it hangs inside the kernel, most often on a network mount that does not answer.',
    remedy: 'Check the mounts. If it stays, restart the machine.',
  },
} satisfies Record<string, ErrorEntry>
