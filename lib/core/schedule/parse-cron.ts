import { CronExpression, CronExpressionParser, type CronFieldCollection } from 'cron-parser'
import { HoldfastError } from '../holdfast-error'
import { spellOut } from './spell-out'
import { isTimeZone } from './is-time-zone'

const fields = ['minute', 'hour', 'day of month', 'month', 'day of week']

/**
 * Parses a five-field cron expression in a time zone. Throws `cron-invalid` naming the wrong field, and
 * `time-zone-unknown`. Seconds are refused.
 */
export function parseCron(cron: string, timeZone: string, from: Date): CronExpression {
  assertTimeZone(timeZone)
  return new CronExpression(readFields(cron), { currentDate: from, tz: timeZone })
}

/** What was read before: a thousand schedules share a few expressions, and reading costs more than matching. */
const known = new Map<string, CronFieldCollection>()
const remembered = 2_000

function readFields(cron: string): CronFieldCollection {
  const found = known.get(cron)
  if (found) return found
  const fields = parseFields(cron)
  if (known.size >= remembered) known.clear()
  known.set(cron, fields)
  return fields
}

function parseFields(cron: string): CronFieldCollection {
  const parts = spellOut(cron).trim().split(/\s+/)
  if (parts.length !== 5) {
    throw new HoldfastError(
      'cron-invalid',
      `A schedule has five fields (${fields.join(', ')}); this has ${parts.length}.`,
      {
        remedy: 'For example "0 2 * * *" is every day at 02:00.',
      },
    )
  }
  const [minute = '', hour = '', date = '', month = '', day = ''] = parts
  parts.splice(0, 5, minute, hour, date, month, daysOfWeek(day))
  for (const [index, part] of parts.entries()) {
    const alone = fields.map((_, at) => (at === index ? part : '*')).join(' ')
    try {
      CronExpressionParser.parse(alone)
    } catch (cause) {
      throw new HoldfastError('cron-invalid', `"${part}" is not a valid ${fields[index]}.`, {
        remedy: 'For example "0 2 * * *" is every day at 02:00, "0 */4 * * *" every four hours.',
        cause,
      })
    }
  }
  try {
    return CronExpressionParser.parse(parts.join(' ')).fields
  } catch (cause) {
    throw new HoldfastError('cron-invalid', `"${cron}" never comes: that month has no such day.`, { cause })
  }
}

/** Sunday is 0 and 7, and ends a week as well as it begins one: `0,7`, `0,5-7` and `MON-SUN` are what people write. */
function daysOfWeek(field: string): string {
  const list = field.split(',').map((part) => part.replace(/-(?:0|sun)(?=\/|$)/i, '-7'))
  if (list.length === 1 || !list.every((part) => /^[\w*/-]+$/.test(part))) return list.join(',')
  const days = new Set<number>()
  for (const part of list) {
    try {
      for (const day of CronExpressionParser.parse(`* * * * ${part}`).fields.dayOfWeek.values) days.add(Number(day) % 7)
    } catch {
      return list.join(',')
    }
  }
  return [...days].sort().join(',')
}

/** Throws `time-zone-unknown` unless it is an IANA name this system knows. */
export function assertTimeZone(timeZone: string): void {
  if (isTimeZone(timeZone)) return
  throw new HoldfastError('time-zone-unknown', `"${timeZone}" is not a time zone.`, {
    remedy: 'Use an IANA name such as UTC or Europe/Athens.',
  })
}
