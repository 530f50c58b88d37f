import pino from 'pino'
import { clip, factCharacters } from '@/lib/core/clip'
import type { Logger } from '@/lib/ports/run-context'
import { redact as redactAll } from './redact'

/** Names whose values never reach the log, wherever they stand in the facts' first two levels. */
const secretNames = ['password', 'secret', 'token', 'authorization', 'cookie', 'secretAccessKey', 'secretSealed']
const redact = { paths: secretNames.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' }

/** The log of a process: JSON lines on stdout, known secret fields masked. */
export function createLogger(name: string): Logger {
  return wrap(pino({ name, redact, level: process.env['HOLDFAST_LOG_LEVEL'] ?? 'info' }))
}

function wrap(log: pino.Logger): Logger {
  return {
    debug: (message, facts) => log.debug(clean(facts), redactText(message)),
    info: (message, facts) => log.info(clean(facts), redactText(message)),
    warn: (message, facts) => log.warn(clean(facts), redactText(message)),
    error: (message, facts) => log.error(clean(facts), redactText(message)),
    child: (facts) => wrap(log.child(clean(facts))),
  }
}

/** Texts of others may be of any length; the log takes what a person would read. */
function redactText(text: string): string {
  return redactAll(clip(text, factCharacters))
}

/** Texts of others (drivers' errors, stacks) may quote an address with its password. */
function clean(facts: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, typeof value === 'string' ? redactText(value) : value]),
  )
}
