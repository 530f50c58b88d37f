import os from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { Turns } from './turns'

/** Pages and routes are bundled apart and would each hold a module's variables; the processors are the process's. */
const holder: typeof globalThis & { holdfastPasswordTurns?: Turns } = globalThis
/** No more at once than there are processors; one of libuv's four threads stays for files and names. */
const turns = (holder.holdfastPasswordTurns ??= new Turns({
  atOnce: Math.min(os.availableParallelism(), 3),
  waiting: 100,
}))

/** argon2id, 19 MiB, two passes: the library's defaults and OWASP's first choice. Throws `too-busy`. */
export async function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password))
}

let decoy: Promise<string> | undefined

/**
 * Compares in the same time whether or not there is a hash, so that unknown users cannot be told from known ones. Throws
 * `too-busy` when more passwords wait to be checked than are worth waiting for.
 */
export async function passwordMatches(passwordHash: string | null, password: string): Promise<boolean> {
  decoy ??= hash('nobody has this password')
  const compared = passwordHash ?? (await decoy)
  return (await inTurn(() => verify(compared, password))) && passwordHash !== null
}

async function inTurn<T>(run: () => Promise<T>): Promise<T> {
  const ran = await turns.take(run)
  if (ran !== null) return ran.value
  throw new HoldfastError('too-busy', 'Too many passwords are being checked at this moment.', {
    remedy: 'Try again in a few seconds.',
    transient: true,
    facts: { retryAfterMs: 3_000 },
  })
}
