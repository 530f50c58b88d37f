import { isIP } from 'node:net'

/** Names under which clouds serve an instance's own credentials. */
const metadataNames = new Set(['metadata', 'metadata.google.internal', 'metadata.goog', 'instance-data'])

/**
 * True for addresses that give out a machine's own credentials to whoever asks from it: IPv4 and IPv6 link-local and
 * the clouds' fixed metadata addresses. `host` is a name or an address as `URL.hostname` writes it (which has already
 * turned decimal, octal and hexadecimal spellings into dotted ones).
 */
export function isMetadataAddress(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
  if (metadataNames.has(name)) return true
  if (isIP(name) === 4) return name.startsWith('169.254.') || name === '100.100.100.200'
  if (isIP(name) !== 6) return false
  const mapped = /^::ffff:([0-9a-f]{1,4}):[0-9a-f]{1,4}$/.exec(name)?.[1]
  if (mapped !== undefined) return mapped === 'a9fe'
  if (name.startsWith('::ffff:169.254.')) return true
  return /^fe[89ab][0-9a-f]:/.test(name) || name === 'fd00:ec2::254'
}
