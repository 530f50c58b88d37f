import type { ClientBase } from 'pg'
import { errorCode, errorText } from './classify-error'
import { quoteIdentifier, quoteLiteral } from './quote'
import type { DatabaseLocale } from './server-facts'

/**
 * An empty database like the source's. A locale that this machine does not have is replaced by C.UTF-8 or C with a
 * warning: sort order may differ then, the data does not. `FILE_COPY` is the quick way of a server that nobody else uses.
 */
export async function createDatabase(
  client: ClientBase,
  name: string,
  locale: DatabaseLocale,
  serverMajor: number,
  strategy?: 'FILE_COPY',
): Promise<string[]> {
  const describe = (like: DatabaseLocale) => [
    ...describeLocale(like, serverMajor),
    ...(strategy && serverMajor >= 15 ? [`STRATEGY ${strategy}`] : []),
  ]
  const wanted = describe(locale)
  try {
    await create(client, name, wanted)
    return []
  } catch (error) {
    // 42809 wrong object type (invalid locale name), 22023 invalid parameter, 0A000 not supported (no ICU).
    if (!['42809', '22023', '0A000', '42704'].includes(errorCode(error))) throw error
    const reason = errorText(error)
    const fallback = locale.encoding === 'UTF8' ? ['C.UTF-8', 'C'] : ['C']
    for (const collate of fallback) {
      try {
        await create(client, name, describe({ ...locale, provider: 'libc', collate, ctype: collate, icu: null }))
        return [
          `The locale ${locale.icu ?? locale.collate} is not available here (${reason}); ${collate} was used instead.`,
        ]
      } catch (next) {
        if (collate === fallback.at(-1)) throw next
      }
    }
    throw error
  }
}

function describeLocale(locale: DatabaseLocale, serverMajor: number): string[] {
  const icu = locale.provider === 'icu' && locale.icu && serverMajor >= 15 ? locale.icu : null
  const builtin = locale.provider === 'builtin' && locale.icu && serverMajor >= 17 ? locale.icu : null
  return [
    `ENCODING ${quoteLiteral(locale.encoding)}`,
    `LC_COLLATE ${quoteLiteral(locale.collate)}`,
    `LC_CTYPE ${quoteLiteral(locale.ctype)}`,
    ...(icu ? [`LOCALE_PROVIDER icu ICU_LOCALE ${quoteLiteral(icu)}`] : []),
    ...(builtin ? [`LOCALE_PROVIDER builtin BUILTIN_LOCALE ${quoteLiteral(builtin)}`] : []),
  ]
}

async function create(client: ClientBase, name: string, options: string[]): Promise<void> {
  await client.query(`CREATE DATABASE ${quoteIdentifier(name)} TEMPLATE template0 ${options.join(' ')}`)
}
