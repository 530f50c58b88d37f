import { bareHost, whyNoHost } from '../network/why-no-host'

/** What was typed as a host, taken apart. */
export interface SplitHost {
  host: string
  port?: number
  user?: string
}

/**
 * A host that was typed with what browsers and other tools write around it: `host:port`, `[::1]:5433`, `user@host`, a web
 * address. Null when there is nothing to take apart, or no host in it.
 */
export function splitHost(typed: string): SplitHost | null {
  const text = typed.trim()
  const parts = /^(?:https?:\/\/|tcp:\/\/)?(?:([^@\s/:]+)@)?(\[[^\]]+\]|[^:/@\s]+)(?::(\d{1,5}))?\/?$/i.exec(text)
  const host = bareHost(parts?.[2] ?? '')
  if (host === '' || host === text || whyNoHost(host) !== null) return null
  const [user, port] = [parts?.[1], Number(parts?.[3] ?? 0)]
  return { host, ...(port > 0 && port < 65_536 ? { port } : {}), ...(user ? { user } : {}) }
}
