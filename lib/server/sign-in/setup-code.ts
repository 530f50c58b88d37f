import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { setupCodeFile, setupCodeMatches } from '@/lib/core/access/setup-code'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { addressGroup } from '@/lib/core/network/address-group'
import { AttemptCounter } from '@/lib/services/session/attempt-counter'
import { rateLimited } from '@/lib/services/session/rate-limited'

const guesses = new AttemptCounter(10)

/**
 * The person who sets an instance up proves that they can read what its start printed. Throws `setup-code-wrong` at the
 * field, `setup-code-missing` when there is none, and `rate-limited` after ten guesses from one place.
 */
export async function checkSetupCode(given: string, address: string | null): Promise<void> {
  const place = addressGroup(address)
  const waitMs = guesses.begin(place, Date.now())
  if (waitMs !== null) throw rateLimited(waitMs, 'Too many wrong set-up codes.')
  const expected = await readFile(file(), 'utf8').catch(() => '')
  if (expected.trim() === '') {
    throw new HoldfastError('setup-code-missing', 'There is no set-up code on this machine.', {
      remedy: 'Start Holdfast again: while there is no administrator, the start prints one.',
    })
  }
  if (setupCodeMatches(expected, given)) return guesses.clear(place)
  const message = 'The set-up code is wrong.'
  throw new HoldfastError('setup-code-wrong', message, {
    remedy: `Copy it from what the start printed, or from ${setupCodeFile} in the data folder.`,
    facts: { errors: [{ path: 'code', message }] },
  })
}

/** There is an administrator: the code opens nothing any more. */
export async function forgetSetupCode(): Promise<void> {
  await rm(file(), { force: true })
}

const file = (): string => path.join(path.resolve(process.env['HOLDFAST_HOME'] ?? '.holdfast'), setupCodeFile)
