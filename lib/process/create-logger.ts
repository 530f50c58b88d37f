import pino from 'pino'
import type { Logger } from '@/lib/ports/run-context'

/** Names whose values never reach the log, wherever they stand in the facts' first two levels. */
const secretNames = ['password', 'secret', 'token', 'authorization', 'cookie', 'secretAccessKey', 'secretSealed']
const redact = { paths: secretNames.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' }

/** The log of a process: JSON lines on stdout, known secret fields masked. */
export function createLogger(name: string): Logger {
  return wrap(pino({ name, redact, level: process.env['HOLDFAST_LOG_LEVEL'] ?? 'info' }))
}

function wrap(log: pino.Logger): Logger {
  return {
    debug: (message, facts) => log.debug(facts ?? {}, message),
    info: (message, facts) => log.info(facts ?? {}, message),
    warn: (message, facts) => log.warn(facts ?? {}, message),
    error: (message, facts) => log.error(facts ?? {}, message),
    child: (facts) => wrap(log.child(facts)),
  }
}
