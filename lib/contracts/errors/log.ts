import type { ErrorEntry } from './error-entry'

/** Continuous protection: the log of a source, base backups, and recovery to a point in time. */
export const logErrors = {
  'continuous-unready': {
    status: 422,
    cause:
      'The server lacks something that continuous protection needs. The findings name each with the line or SQL to add.',
    remedy: 'Do what the findings say, restart the server where they say so, and check again.',
  },
  'continuous-off': {
    status: 409,
    cause:
      'Base backups and recovery to a point in time need the log of the source, and continuous protection is not switched on.',
    remedy: 'Switch continuous protection on for the source, or take a dump.',
  },
  'log-gap': {
    status: 409,
    cause:
      'The server no longer has the log that comes next: the slot was dropped or lost, or the log was removed before it was stored.',
    remedy:
      'A new base backup starts by itself and begins a new window. Raise `max_slot_wal_keep_size`, and look why the log was not stored in time.',
  },
  'log-foreign': {
    status: 409,
    cause:
      'The log comes from another server than the one whose log is stored, or a segment is stored with other content already.',
    remedy:
      'Check the address of the source. A server that was restored or cloned must not send its log in the name of the original.',
  },
  'slot-in-use': {
    status: 409,
    cause: 'Another program, or another instance of Holdfast, reads from the slot of this source.',
    remedy:
      'Look into `pg_stat_replication` for who it is, and end it there. Each instance protects a source on its own.',
  },
  'base-interrupted': {
    status: 422,
    cause:
      'The server changed its role during a base backup: a standby was promoted, so that the copy cannot be made consistent.',
    remedy: 'Take the base backup again.',
  },
  'base-mismatch': {
    status: 422,
    cause:
      "What came of a base backup differs from the server's own list of its files: one is missing, is there twice, or has other content. This attempt left no backup.",
    remedy:
      'Take the base backup again. If it happens again, check the memory of both machines and what stands between them.',
  },
  'recovery-failed': {
    status: 422,
    cause:
      'The server that replays the log ended before it reached the point, or reached another one than was promised.',
    remedy: 'The details quote its last messages. Nothing was handed out.',
  },
} satisfies Record<string, ErrorEntry>
