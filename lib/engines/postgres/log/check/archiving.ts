import { walLevel } from './capacity'
import { type ContinuousFinding, setOnServer } from './finding'
import type { ServerFacts } from './read-server'

/** In seconds: what is proposed, and what still keeps most objectives. */
const proposedTimeout = 60
const longestTimeout = 300

/** What a server needs so that it hands in its log. `sourceId` is part of the line. */
export function archivingFindings(facts: ServerFacts, sourceId: string): ContinuousFinding[] {
  return [...walLevel(facts), ...mode(facts), ...command(facts, sourceId), ...timeout(facts)]
}

function mode({ settings, identity: { standby } }: ServerFacts): ContinuousFinding[] {
  const { archive_mode: value } = settings
  if (value === undefined || value === 'always' || (value === 'on' && !standby)) return []
  const wanted = standby ? 'always' : 'on'
  return [
    {
      severity: 'error',
      code: 'archive-mode',
      message: standby
        ? `This server is a standby, and hands in what it receives only while archive_mode is always; it is ${value}.`
        : 'The server does not archive its log: archive_mode is off.',
      remedy: 'Set it with the statement below, as an administrator, and restart the server.',
      sql: setOnServer('archive_mode', wanted, { restart: true }),
      restart: true,
    },
  ]
}

/** The address and the file with the token are for the administrator of the server to fill in. */
function command({ settings }: ServerFacts, sourceId: string): ContinuousFinding[] {
  const { archive_command: value, archive_library: library = '' } = settings
  // What the role is not shown may be right.
  if (value === undefined) return []
  const isOurs = library === '' && (value.includes('wal-push') || value.includes(`/sources/${sourceId}/log/`))
  if (isOurs) return []
  const line = `curl -sSf -H @/etc/holdfast/token -T %p HOLDFAST_URL/api/v1/admin/sources/${sourceId}/log/%f`
  const other =
    library !== ''
      ? ' archive_library is set, and then no command is run: set it to an empty text.'
      : value === '' || value === '(disabled)'
        ? ''
        : ' Another command is set: what it does is not done any more, unless both stand in one line.'
  return [
    {
      severity: 'warning',
      code: 'archive-command',
      message: 'The server does not hand its log in to Holdfast yet: archive_command is another one.',
      remedy: `Make a token for it with: token create NAME --scope log:push --only-source SOURCE. Write it into /etc/holdfast/token as the line "Authorization: Bearer TOKEN", readable for the server's user alone. Then run the statements below, with the address of Holdfast in the place of HOLDFAST_URL.${other}`,
      sql: setOnServer('archive_command', `'${line}'`, { restart: false }),
    },
  ]
}

function timeout({ settings }: ServerFacts): ContinuousFinding[] {
  const { archive_timeout: value } = settings
  if (value === undefined) return []
  const seconds = Number(value)
  if (seconds > 0 && seconds <= longestTimeout) return []
  const message =
    seconds === 0
      ? 'A commit is handed in once its segment is full, however long that takes (archive_timeout is 0).'
      : `A commit may wait ${seconds} seconds before it is handed in (archive_timeout).`
  return [
    {
      severity: 'warning',
      code: 'archive-timeout',
      message,
      remedy:
        'Set the time after which the server hands in what it has with the statements below. It costs a segment each time, most of which compresses away. The objective of the source must be longer.',
      sql: setOnServer('archive_timeout', `'${proposedTimeout}s'`, { restart: false }),
    },
  ]
}

/** The log comes without a replication connection; base backups do not. */
export function onlyForBases(findings: ContinuousFinding[]): ContinuousFinding[] {
  return findings.map((finding) => ({
    ...finding,
    severity: finding.severity === 'error' ? 'warning' : finding.severity,
    message: `${finding.message} The log is stored without it, but base backups need a replication connection: until one was taken, no point can be recovered to.`,
  }))
}
