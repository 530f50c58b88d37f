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
  'log-push-off': {
    status: 409,
    cause: 'A server hands in its log in the name of a source whose log does not come in this way, or no longer.',
    remedy:
      'Set the protection of the source to a log that is handed in, or take the line out of `archive_command` of the server.',
  },
  'log-conflict': {
    status: 409,
    cause:
      'A segment is stored under this name with other content: another server, a clone or an old primary hands in its log in the name of the source.',
    remedy:
      'Find out which of the servers is the one to protect, and take the line out of `archive_command` of the other. The segment that came first was kept.',
  },
  'segment-damaged': {
    status: 422,
    cause: 'What was handed in is not the segment that its name says, is cut off, or holds what no server writes.',
    remedy:
      'The server tries again. If it repeats, look at the file in its `pg_wal` and at what stands between the servers, and take a base backup.',
  },
  'archive-stalled': {
    status: 409,
    cause: 'The server does not get rid of its log: files wait to be handed in, or `archive_command` fails.',
    remedy: 'Look into the log of the PostgreSQL server: it quotes what `archive_command` wrote.',
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
  'target-unreachable': {
    status: 422,
    cause:
      'The point lies in a gap, before the end of the first base backup, beyond what is stored, or nothing stored leads to it. `facts.nearest` lists the nearest points that can be reached.',
    remedy: 'Choose one of the nearest points, or one in the windows of the source.',
  },
  'look-closed': {
    status: 409,
    cause: 'The recovery is no open look: it is still under way, has another use, or was ended.',
    remedy: 'Wait until its state is ready, or start a new one.',
  },
  'query-refused': {
    status: 422,
    cause:
      'A look takes one statement that reads: SELECT, WITH, VALUES, TABLE, SHOW or EXPLAIN. The server refuses everything that writes.',
    remedy: 'Ask with a statement of these. To change something, take the database into a target.',
  },
  'query-failed': {
    status: 422,
    cause: 'The recovered server answered with an error, or did not answer within 30 seconds.',
    remedy: 'The message is what the server said. Ask for less at once where it took too long.',
  },
  'recovery-failed': {
    status: 422,
    cause:
      'The server that replays the log ended before it reached the point, or reached another one than was promised.',
    remedy: 'The details quote its last messages. Nothing was handed out.',
  },
} satisfies Record<string, ErrorEntry>
