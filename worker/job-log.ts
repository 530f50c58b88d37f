import { clip, factCharacters } from '@/lib/core/clip'
import type { Clock, Logger } from '@/lib/ports/run-context'
import { redact } from '@/lib/process/redact'

const limitCharacters = 200_000

/** Keeps a run's log lines for its row while passing them on to the process's log. */
export function jobLog(logger: Logger, clock: Clock): { logger: Logger; text(): string } {
  let text = ''
  const keep = (level: string, message: string, facts: Record<string, unknown> | undefined) => {
    if (text.length > limitCharacters) return
    const tail = facts && Object.keys(facts).length > 0 ? ` ${JSON.stringify(facts)}` : ''
    text += redact(`${clock.now().toISOString()} ${level} ${clip(message + tail, factCharacters)}\n`)
    if (text.length > limitCharacters) text += '(the log is longer than is kept)\n'
  }
  const wrap = (inner: Logger): Logger => ({
    debug: (message, facts) => inner.debug(message, facts),
    info: (message, facts) => (keep('info', message, facts), inner.info(message, facts)),
    warn: (message, facts) => (keep('warn', message, facts), inner.warn(message, facts)),
    error: (message, facts) => (keep('error', message, facts), inner.error(message, facts)),
    child: (facts) => wrap(inner.child(facts)),
  })
  return { logger: wrap(logger), text: () => text }
}
