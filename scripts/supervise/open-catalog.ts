import path from 'node:path'
import pg from 'pg'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { prepareLimitedRole } from '@/lib/db/limited-role'
import { migrate } from '@/lib/db/migrate'
import { superuserWarning } from './superuser-warning'
import type { SuperviseOptions } from './options'

const mendAddress = 'Mend it, or unset DATABASE_URL to use the embedded PostgreSQL.'

/** Checks that the catalog can be reached and brings its schema up to date. Every trouble is one sentence without a secret. */
export async function openCatalog(
  url: string,
  options: Pick<SuperviseOptions, 'root' | 'say' | 'warn'>,
): Promise<void> {
  const place = describe(url)
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'holdfast-start',
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const excess = await superuserWarning(client)
    if (excess) options.warn(excess)
  } catch (error) {
    throw unusable(place, error)
  } finally {
    await client.end().catch(() => undefined)
  }
  const applied = await migrate(url, path.join(options.root, 'prisma/migrations')).catch((error: unknown) => {
    throw error instanceof HoldfastError ? error : unusable(place, error)
  })
  const refused = await prepareLimitedRole(url).catch((error: unknown) => {
    throw unusable(place, error)
  })
  if (refused) options.warn(`${refused.message} ${refused.remedy ?? ''}`)
  if (applied.length)
    options.say(
      `Catalog schema brought up to date (${applied.length} ${applied.length === 1 ? 'migration' : 'migrations'})`,
    )
}

const unusable = (place: string, error: unknown) =>
  new HoldfastError('catalog-unreachable', `DATABASE_URL: ${place} cannot be used: ${reason(error)}.`, {
    remedy: mendAddress,
    cause: error,
  })

/** `host:port/database`, never the password. */
function describe(url: string): string {
  try {
    const { protocol, hostname, port, pathname } = new URL(url)
    if (!/^postgres(ql)?:$/.test(protocol)) throw new Error('protocol')
    return `${hostname || 'localhost'}:${port || '5432'}${pathname}`
  } catch {
    throw new HoldfastError(
      'catalog-address-invalid',
      'DATABASE_URL is not an address like postgresql://user:password@host:5432/database.',
      { remedy: mendAddress },
    )
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? String(error.code) : ''
  const known: Record<string, string> = {
    ECONNREFUSED: 'nothing listens there',
    ENOTFOUND: 'the host name is unknown',
    EAI_AGAIN: 'the host name cannot be looked up',
    ETIMEDOUT: 'no answer',
    ECONNRESET: 'the connection was closed',
    EHOSTUNREACH: 'the host cannot be reached',
    '28P01': 'the password is wrong',
    '28000': 'the server does not let this user in',
    '3D000': 'there is no such database',
  }
  return known[code] ?? (/timeout/i.test(error.message) ? 'no answer' : error.message)
}
