/** What was read out of a pasted text; what it does not say is absent. */
export interface PastedConnection {
  host?: string
  port?: number
  database?: string
  user?: string
  password?: string
  ssl?: (typeof sslModes)[number]
  /** It names several hosts, as libpq may try them in turn; `host` is the first. */
  otherHosts?: true
}

/** libpq's modes that a source can have; `allow` is read as `prefer`, which is no weaker. */
const sslModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const

/** libpq's keywords that say where and as whom; all others are left out. */
export type Keyword = 'host' | 'hostaddr' | 'port' | 'dbname' | 'user' | 'password' | 'sslmode'
const keywords: readonly string[] = ['host', 'hostaddr', 'port', 'dbname', 'user', 'password', 'sslmode']
export const isKeyword = (name: string): name is Keyword => keywords.includes(name)

export type Keywords = Partial<Record<Keyword, string>>

/** libpq's keywords as the fields of a source. Of several hosts the first is taken. */
export function connectionOfKeywords(found: Keywords): PastedConnection {
  const [host = '', ...others] = (found.host || found.hostaddr || '').split(',')
  const [portText = ''] = (found.port ?? '').split(',')
  const port = Number(portText)
  const mode = found.sslmode === 'allow' ? 'prefer' : found.sslmode
  const ssl = sslModes.find((each) => each === mode)
  return {
    ...(host === '' ? {} : { host: host.replace(/^\[(.*)\]$/, '$1') }),
    ...(others.length > 0 ? { otherHosts: true } : {}),
    ...(/^\d{1,5}$/.test(portText) && port > 0 ? { port } : {}),
    ...(found.dbname ? { database: found.dbname } : {}),
    ...(found.user ? { user: found.user } : {}),
    ...(found.password ? { password: found.password } : {}),
    ...(ssl ? { ssl } : {}),
  }
}
