import { type ContinuousFinding, setOnServer } from './finding'
import type { ServerFacts } from './read-server'

/** What nothing waits for, and is good to know before. */
export function adviceFindings(facts: ServerFacts): ContinuousFinding[] {
  return [...fullPageWrites(facts), ...summaries(facts), ...checksums(facts), ...archiving(facts), ...standby(facts)]
}

/** The same for a server that hands in its log. */
export function pushedAdviceFindings(facts: ServerFacts): ContinuousFinding[] {
  return [...fullPageWrites(facts), ...summaries(facts), ...checksums(facts)]
}

function fullPageWrites({ settings }: ServerFacts): ContinuousFinding[] {
  if (settings['full_page_writes'] !== 'off') return []
  return [
    {
      severity: 'warning',
      code: 'full-page-writes',
      message:
        'full_page_writes is off: a crash of the server can leave pages that are half written, and base backups from a standby fail.',
      remedy: 'Switch it on with the statements below.',
      sql: setOnServer('full_page_writes', 'on', { restart: false }),
    },
  ]
}

function summaries({ settings }: ServerFacts): ContinuousFinding[] {
  if (settings['summarize_wal'] !== 'off') return []
  return [
    {
      severity: 'info',
      code: 'summarize-wal',
      message:
        'Incremental base backups need summaries of the log, and summarize_wal is off: every base backup is a full one.',
      remedy: 'Switch it on with the statements below; no restart is needed.',
      sql: setOnServer('summarize_wal', 'on', { restart: false }),
    },
  ]
}

function checksums({ settings }: ServerFacts): ContinuousFinding[] {
  if (settings['data_checksums'] !== 'off') return []
  return [
    {
      severity: 'info',
      code: 'data-checksums',
      message:
        'The cluster has no checksums of its pages: what a disk damages is copied into backups without being seen.',
      remedy: 'Stop the server when it suits, run: pg_checksums --enable -D DATA_DIRECTORY, and start it again.',
      restart: true,
    },
  ]
}

function archiving({ settings }: ServerFacts): ContinuousFinding[] {
  const { archive_mode: mode, archive_command: command = '', archive_library: library = '' } = settings
  if (mode === undefined || mode === 'off' || command.includes('holdfast wal-push')) return []
  const known = settings['archive_command'] !== undefined
  if (known && command === '' && library === '') return []
  return [
    {
      severity: 'info',
      code: 'other-archive',
      message: `Something else archives the log of this server, too (archive_${library === '' ? 'command' : 'library'}).`,
      remedy:
        'Both work side by side. Switch the other one off only when nothing is recovered from its archive any more.',
    },
  ]
}

function standby({ identity }: ServerFacts): ContinuousFinding[] {
  if (!identity.standby) return []
  return [
    {
      severity: 'info',
      code: 'standby-source',
      message:
        'This server is a standby. Its log is followed like that of a primary; a base backup fails when it is promoted meanwhile.',
      remedy:
        'When another server becomes the one to protect, correct the address of the source: the slot is on this one.',
    },
  ]
}
