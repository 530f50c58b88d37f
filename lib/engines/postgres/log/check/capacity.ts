import { quoteIdentifier, quoteLiteral } from '@/lib/engines/postgres/connect/quote'
import { type ContinuousFinding, setOnServer } from './finding'
import type { ServerFacts } from './read-server'

/** One for the log, one for base backups. */
const sendersNeeded = 2

/** What the server has to have before its log can be followed at all. */
export function capacityFindings(facts: ServerFacts): ContinuousFinding[] {
  return [...walLevel(facts), ...senders(facts, sendersNeeded), ...slots(facts), ...ownSlot(facts), ...role(facts)]
}

/** What base backups need of a server that hands in its log. */
export function pushedCapacityFindings(facts: ServerFacts): ContinuousFinding[] {
  return [...senders(facts, 1), ...role(facts)]
}

export function walLevel({ settings, identity }: ServerFacts): ContinuousFinding[] {
  if (settings['wal_level'] !== 'minimal') return []
  return [
    {
      severity: 'error',
      code: 'wal-level',
      message: 'The log has too little in it for a recovery: wal_level is minimal.',
      remedy: restartRemedy('wal_level', identity.standby),
      sql: setOnServer('wal_level', 'replica', { restart: true }),
      restart: true,
    },
  ]
}

function senders({ settings, senders: used, identity }: ServerFacts, needed: 1 | 2): ContinuousFinding[] {
  const most = Number(settings['max_wal_senders'])
  if (!(most - used < needed)) return []
  const what = needed === 1 ? 'one, for base backups' : '2: one for the log, one for base backups'
  const free = Math.max(0, most - used)
  return [
    {
      severity: 'error',
      code: 'wal-senders',
      message: `Of ${most} replication connections (max_wal_senders) ${free === 0 ? 'none is' : `${free} is`} free; Holdfast needs ${what}.`,
      remedy: restartRemedy('max_wal_senders', identity.standby),
      sql: setOnServer('max_wal_senders', String(Math.max(10, used + 2 * sendersNeeded)), { restart: true }),
      restart: true,
    },
  ]
}

function slots({ settings, slots: used, ownSlot: own, identity }: ServerFacts): ContinuousFinding[] {
  const most = Number(settings['max_replication_slots'])
  if (own !== null || !(most - used.length < 1)) return []
  const idle = used.filter(({ active }) => !active).map(({ name }) => name)
  const unread =
    idle.length === 0
      ? ''
      : ` Nobody reads ${idle.slice(0, 5).join(', ')}${idle.length > 5 ? ` and ${idle.length - 5} more` : ''}: dropping one that is no longer needed does as well, without a restart.`
  return [
    {
      severity: 'error',
      code: 'replication-slots',
      message: `All ${most} replication slots (max_replication_slots) are taken; Holdfast needs one.`,
      remedy: `${restartRemedy('max_replication_slots', identity.standby)}${unread}`,
      sql: setOnServer('max_replication_slots', String(Math.max(10, used.length + 2)), { restart: true }),
      restart: true,
    },
  ]
}

/** Our own slot, where it is there and something is wrong with it. */
function ownSlot({ ownSlot: own }: ServerFacts): ContinuousFinding[] {
  if (own === null) return []
  if (!own.physical) {
    return [
      {
        severity: 'error',
        code: 'slot-name-taken',
        message: `A logical replication slot has the name of this source's: ${own.name}.`,
        remedy: 'Let an administrator find out what made it, and drop it.',
        sql: `SELECT pg_drop_replication_slot(${quoteLiteral(own.name)});`,
      },
    ]
  }
  if (own.reader !== null && own.reader !== '' && own.reader !== 'holdfast') {
    return [
      {
        severity: 'error',
        code: 'slot-in-use',
        message: `Another program (${own.reader}) reads from the slot of this source, ${own.name}.`,
        remedy: 'End it: what it confirms, the server removes, whether it is stored here or not.',
      },
    ]
  }
  if (!own.lost) return []
  return [
    {
      severity: 'warning',
      code: 'slot-lost',
      message: `The slot of this source, ${own.name}, is lost: the server has removed log that was not stored.`,
      remedy:
        'Holdfast makes a new slot and takes a new base backup. Raise max_slot_wal_keep_size, so that it does not happen again.',
    },
  ]
}

function role({ user, replication, identity: { standby } }: ServerFacts): ContinuousFinding[] {
  if (replication) return []
  return [
    {
      severity: 'error',
      code: 'replication-role',
      message: `User ${user} may not open replication connections.`,
      remedy: `Let an administrator run the statement below${standby ? ' on the primary' : ''}.`,
      sql: `ALTER ROLE ${quoteIdentifier(user)} REPLICATION;`,
    },
  ]
}

function restartRemedy(setting: string, standby: boolean): string {
  const others = standby
    ? ' This server is a standby: set it on the primary as well.'
    : ' Standbys of this server need at least the same value: restart them first.'
  return `Set ${setting} with the statement below, as an administrator, and restart the server.${setting === 'max_wal_senders' || standby ? others : ''}`
}
