import { afterAll, beforeAll, describe, it } from 'vitest'
import { freshSeed, KillRounds } from '../helpers/faults/kill-rounds'

/** A share; `npm run faults` sets more rounds, and the seed of a failure that is to be repeated. */
const rounds = Number(process.env['HOLDFAST_TEST_KILL_ROUNDS'] ?? 3)
const seed = Number(process.env['HOLDFAST_TEST_KILL_SEED'] ?? freshSeed())

describe(`a worker that is killed at random moments, seed ${seed}`, () => {
  let killing: KillRounds

  beforeAll(async () => {
    killing = await KillRounds.start(seed)
  })
  afterAll(async () => {
    console.log(`kills by what they hit, seed ${seed}:`, killing.hits)
    await killing.close()
  })

  it.each(Array.from({ length: rounds }, (_, index) => index + 1))(
    'round %i: every run ends once, what is catalogued can be restored, nothing is left over (fault 13)',
    async (number) => killing.round(number),
    150_000,
  )
})
