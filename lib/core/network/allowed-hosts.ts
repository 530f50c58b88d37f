import { isIP } from 'node:net'

export interface HostSettings {
  /** What the web listens on. */
  listensOn: string
  /** The address that people use, when one is set. */
  publicUrl: string | undefined
  /** Further names, with or without a port, separated by commas. */
  further: string | undefined
}

/**
 * Whether a request was sent to one of Holdfast's names. A page of another site can make a browser reach us under its own
 * name, by pointing that name at us (DNS rebinding): then the browser takes us for that site. Names of this machine itself
 * cannot be pointed elsewhere, so they count with every port (tunnels and containers change it).
 */
export function allowedHosts(settings: HostSettings): (host: string) => boolean {
  const exact = new Set<string>()
  const anyPort = new Set<string>()
  const add = (entry: string) => {
    const read = split(entry)
    if (read === null) return
    if (read.port === '') anyPort.add(read.name)
    else exact.add(`${read.name}:${read.port}`)
  }
  for (const entry of (settings.further ?? '').split(/[\s,]+/).filter(Boolean)) add(entry)
  if (!['0.0.0.0', '::', '[::]', ''].includes(settings.listensOn)) add(bracketed(settings.listensOn))
  const url = settings.publicUrl ? URL.parse(settings.publicUrl) : null
  if (url) {
    const read = split(url.host)
    const standard = url.protocol === 'https:' ? '443' : '80'
    if (read) exact.add(`${read.name}:${read.port || standard}`)
    if (read?.port === '') exact.add(`${read.name}:`)
  }
  return (host) => {
    const read = split(host)
    if (read === null) return false
    return isLoopbackName(read.name) || anyPort.has(read.name) || exact.has(`${read.name}:${read.port}`)
  }
}

/** `localhost` and what this machine calls itself on its own wire. `name` is as `URL.hostname` writes it. */
export function isLoopbackName(name: string): boolean {
  const bare = name.replace(/^\[|\]$/g, '')
  if (bare === 'localhost' || bare === '::1') return true
  return isIP(bare) === 4 && bare.startsWith('127.')
}

const bracketed = (host: string) => (isIP(host) === 6 ? `[${host}]` : host)

/** The name in the one spelling that URLs have (lower case, no dot at its end, IPv6 in brackets) and the port as written. */
function split(host: string): { name: string; port: string } | null {
  const parts = /^(\[[0-9a-f:.]+\]|[^:/?#@\s\\]+)(?::(\d{1,5}))?$/i.exec(host)
  if (!parts) return null
  const name = URL.parse(`http://${parts[1]}/`)?.hostname.replace(/\.$/, '')
  return name ? { name, port: parts[2] ?? '' } : null
}
