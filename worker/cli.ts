import { userInfo } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Failure } from '@/lib/contracts/common'
import { errorCodes } from '@/lib/contracts/error-code'
import { toFailure } from '@/lib/core/holdfast-error'
import { buildContext } from './build-context'
import { catalogAddress } from './cli/catalog-address'
import { type Answer, usageError } from './cli/verb'
import { silentLogger } from './cli/silent-logger'
import { help, offlineVerbs, verbs } from './cli/verbs'
import { isCatalogAway } from './is-catalog-away'

/** `npm run holdfast -- VERB`: the same services as the web and the API, on this machine, as its administrator. */
async function main(argv: string[]): Promise<number> {
  let json = argv.includes('--json')
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        help: { type: 'boolean' },
        'no-wait': { type: 'boolean' },
        destination: { type: 'string', multiple: true },
        source: { type: 'string' },
        level: { type: 'string' },
        to: { type: 'string' },
        on: { type: 'string' },
        owners: { type: 'string' },
        kind: { type: 'string' },
        only: { type: 'string' },
        role: { type: 'string' },
        days: { type: 'string' },
        limit: { type: 'string' },
        key: { type: 'string' },
        endpoint: { type: 'string' },
        region: { type: 'string' },
        scope: { type: 'string', multiple: true },
        'only-source': { type: 'string', multiple: true },
        evidence: { type: 'string' },
        watch: { type: 'boolean' },
        directory: { type: 'string' },
        database: { type: 'string' },
        look: { type: 'boolean' },
        here: { type: 'boolean' },
      },
    })
    json = values.json ?? false
    const [name, ...args] = positionals
    if (values.help || name === undefined || name === 'help') {
      console.log(help)
      return name === undefined && !values.help ? 2 : 0
    }
    const tell = (answer: Answer | null): number => {
      if (!answer) return 0
      console.log(json ? JSON.stringify(answer.json, null, 2) : answer.text)
      return answer.ok ? 0 : 1
    }
    const offline = offlineVerbs[name]
    if (offline) return tell(await offline(args, values))
    const verb = verbs[name]
    if (!verb) throw usageError(`There is no verb "${name}".`)
    const home = path.resolve(process.env['HOLDFAST_HOME'] ?? '.holdfast')
    const { ctx, close } = await buildContext({
      actor: { type: 'cli', user: userInfo().username, role: 'admin' },
      logger: silentLogger,
      home,
      databaseUrl: catalogAddress(process.env, home),
    })
    try {
      return tell(await verb(ctx, args, values, home))
    } finally {
      await close()
    }
  } catch (error) {
    const failure = failureOf(error)
    if (json) console.log(JSON.stringify({ error: failure }, null, 2))
    else console.error([failure.message, failure.remedy].filter(Boolean).join('\n'))
    return errorCodes[failure.code].exit ?? 1
  }
}

function failureOf(error: unknown): Failure {
  if (isCatalogAway(error)) {
    return {
      code: 'catalog-unreachable',
      message: 'The catalog does not answer.',
      remedy: 'Is Holdfast running? Start it with npm start.',
    }
  }
  // parseArgs says so of an option that it does not know, or that lacks its value.
  return toFailure(error instanceof TypeError && 'code' in error ? usageError(error.message) : error)
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(String(error))
    process.exit(1)
  },
)
