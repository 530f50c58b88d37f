import type { ClientBase } from 'pg'
import { errorCode, errorText } from '@/lib/engines/postgres/classify-error'
import { quoteIdentifier, quoteLiteral } from '@/lib/engines/postgres/connect/quote'
import type { DatabaseLocale } from '@/lib/engines/postgres/connect/server-facts'

/** The server has no such locale, and what it said. */
export class LocaleMissing extends Error {
  constructor(
    readonly locale: string,
    readonly reason: string,
    options: ErrorOptions,
  ) {
    super(`The locale ${locale} is not available: ${reason}`, options)
  }
}

interface Options {
  /** `FILE_COPY` is the quick way of a server that nobody else uses. */
  strategy?: 'FILE_COPY'
  /** The server's default when absent. */
  tablespace?: string | undefined
}

/** An empty database like the source's. Rejects with LocaleMissing where the server has not what it sorts by. */
export async function createDatabase(
  client: ClientBase,
  name: string,
  locale: DatabaseLocale,
  serverMajor: number,
  { strategy, tablespace }: Options = {},
): Promise<void> {
  const options = [
    ...describeLocale(locale, serverMajor),
    ...(strategy && serverMajor >= 15 ? [`STRATEGY ${strategy}`] : []),
    ...(tablespace === undefined ? [] : [`TABLESPACE ${quoteIdentifier(tablespace)}`]),
  ]
  try {
    await client.query(`CREATE DATABASE ${quoteIdentifier(name)} TEMPLATE template0 ${options.join(' ')}`)
  } catch (error) {
    // 42809 wrong object type (invalid locale name), 22023 invalid parameter, 0A000 not supported (no ICU).
    if (!['42809', '22023', '0A000'].includes(errorCode(error))) throw error
    throw new LocaleMissing(nameOf(locale), errorText(error), { cause: error })
  }
}

/**
 * The same where the data counts and not its order: a locale that this machine does not have is replaced by C.UTF-8 or C.
 * Answers what is lacking.
 */
export async function createDatabaseAnyway(
  client: ClientBase,
  name: string,
  locale: DatabaseLocale,
  serverMajor: number,
  options: Options = {},
): Promise<string[]> {
  const missing = await createDatabase(client, name, locale, serverMajor, options).then(() => null, onlyLocale)
  if (missing === null) return []
  const fallback = locale.encoding === 'UTF8' ? ['C.UTF-8', 'C'] : ['C']
  for (const collate of fallback) {
    const plain: DatabaseLocale = { ...locale, provider: 'libc', collate, ctype: collate, icu: null, icuRules: null }
    const lacking = await createDatabase(client, name, plain, serverMajor, options).then(() => null, onlyLocale)
    if (lacking) continue
    return [`The locale ${missing.locale} is not available here (${missing.reason}); ${collate} was used instead.`]
  }
  throw missing
}

function onlyLocale(error: unknown): LocaleMissing {
  if (error instanceof LocaleMissing) return error
  throw error
}

const nameOf = ({ icu, collate, ctype }: DatabaseLocale) =>
  icu ?? (collate === ctype ? collate : `${collate} or ${ctype}`)

function describeLocale(locale: DatabaseLocale, serverMajor: number): string[] {
  const icu = locale.provider === 'icu' && locale.icu && serverMajor >= 15 ? locale.icu : null
  const rules = icu && locale.icuRules && serverMajor >= 16 ? locale.icuRules : null
  const builtin = locale.provider === 'builtin' && locale.icu && serverMajor >= 17 ? locale.icu : null
  return [
    `ENCODING ${quoteLiteral(locale.encoding)}`,
    `LC_COLLATE ${quoteLiteral(locale.collate)}`,
    `LC_CTYPE ${quoteLiteral(locale.ctype)}`,
    ...(icu ? [`LOCALE_PROVIDER icu ICU_LOCALE ${quoteLiteral(icu)}`] : []),
    ...(rules ? [`ICU_RULES ${quoteLiteral(rules)}`] : []),
    ...(builtin ? [`LOCALE_PROVIDER builtin BUILTIN_LOCALE ${quoteLiteral(builtin)}`] : []),
    // The server's own template may have another provider than the system.
    ...(icu || builtin || serverMajor < 15 ? [] : ['LOCALE_PROVIDER libc']),
  ]
}
