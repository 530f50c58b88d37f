import { type ContinuousFinding, setOnServer } from './finding'
import type { ServerFacts } from './read-server'

const gb = 1024 ** 3
/** Below this an hour without the worker costs the slot on most servers. */
const leastBytes = gb
/** For how long the log is kept by what is proposed. */
const proposedHours = 12
const mostProposed = 100

/** How long the server waits for a worker that is away, and what becomes of its disk meanwhile. */
export function keepingFindings(facts: ServerFacts): ContinuousFinding[] {
  return [...keepSize(facts), ...idleTimeout(facts)]
}

function keepSize({ settings, hourlyBytes }: ServerFacts): ContinuousFinding[] {
  const mb = Number(settings['max_slot_wal_keep_size'])
  if (Number.isNaN(mb)) return []
  const hour = hourlyBytes ?? 0
  const proposal = Math.max(10, Math.min(mostProposed, Math.ceil((hour * proposedHours) / gb)), Math.ceil(hour / gb))
  const sql = setOnServer('max_slot_wal_keep_size', `'${proposal}GB'`, { restart: false })
  const choose =
    'Choose what the disk with pg_wal can spare; beyond it the slot is lost, and a new base backup begins a new window.'
  if (mb === -1) {
    return [
      {
        severity: 'warning',
        code: 'slot-keep-unlimited',
        message:
          'While Holdfast does not read the log, the server keeps all of it (max_slot_wal_keep_size is -1): when the worker is away for long, the disk fills and the server stops.',
        remedy: `Bound it with the statements below. ${choose}`,
        sql,
      },
    ]
  }
  const bytes = mb * 1024 ** 2
  if (bytes >= Math.max(leastBytes, hour)) return []
  const why = hour > bytes ? `it writes about ${sizeOf(hour)} in an hour` : 'that may be less than an hour of work'
  return [
    {
      severity: 'warning',
      code: 'slot-keep-small',
      message: `While Holdfast does not read the log, the server keeps no more than ${sizeOf(bytes)} of it (max_slot_wal_keep_size), and ${why}: a short outage then ends the window.`,
      remedy: `Raise it with the statements below. ${choose}`,
      sql,
    },
  ]
}

/** From version 18 on. */
function idleTimeout({ settings }: ServerFacts): ContinuousFinding[] {
  if (!(Number(settings['idle_replication_slot_timeout']) > 0)) return []
  return [
    {
      severity: 'warning',
      code: 'slot-idle-timeout',
      message:
        'The server gives up a slot that nobody reads for some time (idle_replication_slot_timeout): an outage of the worker then ends the window.',
      remedy: 'Switch it off with the statements below, and bound what is kept by max_slot_wal_keep_size instead.',
      sql: setOnServer('idle_replication_slot_timeout', '0', { restart: false }),
    },
  ]
}

const sizeOf = (bytes: number) =>
  bytes >= gb ? `${Math.round((bytes / gb) * 10) / 10} GB` : `${Math.round(bytes / 1024 ** 2)} MB`
