import { afterAll, beforeAll, describe, it } from 'vitest'
import { GeneratedRounds } from '../helpers/databases/generated-database/rounds'
import { freshSeed } from '../helpers/faults/kill-rounds'
import { offerPostgres17 } from '../helpers/servers/postgres-17'

/** `npm run faults -- --databases` sets more, from a fresh seed or the given one; without it they are the same every time. */
const wanted = process.env['HOLDFAST_TEST_DATABASES']
const count = Number(wanted ?? 20)
const first = Number(process.env['HOLDFAST_TEST_DATABASES_SEED'] ?? (wanted === undefined ? 1 : freshSeed()))
const versions = wanted === undefined ? ([15] as const) : ([15, 17] as const)

describe.each(versions)('databases of a generator, on PostgreSQL %i', (major) => {
  let rounds: GeneratedRounds

  beforeAll(async () => {
    if (major === 17) await offerPostgres17()
    rounds = await GeneratedRounds.start(major)
  })
  afterAll(() => rounds?.close())

  it.each(Array.from({ length: count }, (_, index) => first + index))(
    'the database of seed %i: what the plain tools bring back comes back equal, and what they cannot is told by name',
    (seed) => rounds.round(seed),
    300_000,
  )
})
