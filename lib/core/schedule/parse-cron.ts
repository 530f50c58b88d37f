import { CronExpressionParser, type CronExpression } from 'cron-parser'
import { HoldfastError } from '../holdfast-error'

const fields = ['minute', 'hour', 'day of month', 'month', 'day of week']

/**
 * Parses a five-field cron expression in a time zone. Throws `cron-invalid` naming the wrong field, and
 * `time-zone-unknown`. Seconds and `@`-shortcuts are refused: what is shown must be what runs.
 */
export function parseCron(cron: string, timeZone: string, from: Date): CronExpression {
  assertTimeZone(timeZone)
  const parts = cron.trim().split(/\s+/)
  if (parts.length !== 5) {
    throw new HoldfastError(
      'cron-invalid',
      `A schedule has five fields (${fields.join(', ')}); this has ${parts.length}.`,
      {
        remedy: 'For example "0 2 * * *" is every day at 02:00.',
      },
    )
  }
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
    return CronExpressionParser.parse(parts.join(' '), { currentDate: from, tz: timeZone })
  } catch (cause) {
    throw new HoldfastError('cron-invalid', `"${cron}" never comes: that month has no such day.`, { cause })
  }
}

/** Throws `time-zone-unknown` unless it is an IANA name this system knows. */
export function assertTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
  } catch (cause) {
    throw new HoldfastError('time-zone-unknown', `"${timeZone}" is not a time zone.`, {
      remedy: 'Use an IANA name such as UTC or Europe/Athens.',
      cause,
    })
  }
}
