import { afterAll, beforeAll, describe, it } from 'vitest'
import { GeneratedRounds } from '../helpers/generated-database/rounds'
import { freshSeed } from '../helpers/kill-rounds'

/** `npm run faults -- --databases` sets more, from a fresh seed or the given one; without it they are the same every time. */
const wanted = process.env['HOLDFAST_TEST_DATABASES']
const count = Number(wanted ?? 20)
const first = Number(process.env['HOLDFAST_TEST_DATABASES_SEED'] ?? (wanted === undefined ? 1 : freshSeed()))
/** The server's own programs beside it, for the version that this machine's packages do not have. */
const versions = process.env['HOLDFAST_TEST_PG17_BIN'] ? ([15, 17] as const) : ([15] as const)

describe.each(versions)('databases of a generator, on PostgreSQL %i', (major) => {
  let rounds: GeneratedRounds

  beforeAll(async () => {
    rounds = await GeneratedRounds.start(major)
  })
  afterAll(() => rounds?.close())

  it.each(Array.from({ length: count }, (_, index) => first + index))(
    'the database of seed %i: what the plain tools bring back comes back equal, and what they cannot is told by name',
    (seed) => rounds.round(seed),
    300_000,
  )
})
