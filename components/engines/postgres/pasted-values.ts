import { parseConnectionText } from '@/lib/core/connection/parse-connection-text'
import { splitHost } from '@/lib/core/connection/split-host'
import type { PostgresConnectionValues } from './values'

export type PastedChanges = Partial<Omit<PostgresConnectionValues, 'sslRootCert'>>

/** What a pasted connection changes in the form; null when the text is none. Its password goes into its field alone. */
export function pastedChanges(text: string): PastedChanges | null {
  const found = parseConnectionText(text)
  if (!found) return null
  const { port, otherHosts: _, ...rest } = found
  return { ...rest, ...(found.host === undefined && port === undefined ? {} : { port: port ?? 5432 }) }
}

/** The same for what was typed as the host: it may be a host with its port or user besides. */
export function typedHostChanges(text: string): PastedChanges | null {
  const changes = pastedChanges(text)
  if (changes) return changes
  const found = splitHost(text)
  if (!found) return null
  const { port, ...rest } = found
  return { ...rest, ...(port === undefined ? {} : { port }) }
}

const words: Record<keyof PastedChanges, string> = {
  host: 'host',
  port: 'port',
  database: 'database',
  user: 'user',
  password: 'password',
  ssl: 'TLS',
}

/** Which fields were filled in, never with what. */
export function pastedWords(changes: PastedChanges, text = ''): string {
  const names = Object.entries(words).flatMap(([field, word]) => (field in changes ? [word] : []))
  const several = parseConnectionText(text)?.otherHosts ? ' It names several hosts: the first was taken.' : ''
  const secret = 'password' in changes ? '' : ' It holds no password.'
  return `Read from what was pasted: ${names.join(', ')}.${several}${secret}`
}
