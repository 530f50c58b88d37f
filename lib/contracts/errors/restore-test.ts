import type { ErrorEntry } from './error-entry'

/** Restore tests and the sandbox that they run in. */
export const restoreTestErrors = {
  'no-good-backup': {
    status: 422,
    cause: 'The source has no good backup that could be tested.',
    remedy: 'Take a backup first.',
  },
  'restore-test-failed': {
    status: 422,
    cause:
      'A check of the restore test found the backup, the source or an expectation at fault. The message names each check and what it saw.',
    remedy:
      'Follow the advice in the answer, which depends on the check. Until then rely on the newest backup that is proven.',
  },
  'restore-test-inconclusive': {
    status: 422,
    cause:
      'A check of the restore test could not decide, for example because this machine lacks something. The backup is neither proven nor refuted.',
    remedy: 'Remove the cause that the message names, and test again.',
  },
  'restore-test-time-limit': {
    status: 422,
    cause: 'The restore test took longer than the limit of the source and was ended.',
    remedy:
      'Set a longer limit for restore tests in the options of the source, or test at a time when the machine has less to do.',
  },
  'sandbox-unavailable': {
    status: 422,
    cause:
      'The sandbox that a restore test needs could not be created or stopped working: server programs, extensions, a locale, disk space or memory are missing on this machine.',
    remedy: 'Give the machine what the message names, and test again. See `docs/sandbox.md`.',
  },
  'sandbox-unconfined': {
    status: 422,
    cause: 'This machine cannot isolate the code in the backup, so nothing was restored.',
    remedy:
      'Install bubblewrap and permit user namespaces, or in a container give what `deploy/docker` asks for. An administrator may accept it for a source. See `docs/sandbox.md`.',
  },
  'sandbox-full': {
    status: 422,
    cause: 'What was restored filled the disk space that a sandbox of this source may take.',
    remedy: 'Look for code in the database that writes while it is restored. The limit follows the size of the source.',
  },
} satisfies Record<string, ErrorEntry>
