import { HoldfastError } from '@/lib/core/holdfast-error'

/** Trouble of this machine, of the way to the store, or of the keys: it says nothing about the stored bytes. */
const notDamage =
  /^(storage-|sandbox-|client-|key-|secret-|command-missing|target-full|server-gone|connection-refused|host-unreachable|source-failed|extension-missing|unexpected)/

/** True when the error says that the backup itself is not what was stored, or cannot be read to its end. */
export function isDamage(error: unknown): boolean {
  return error instanceof HoldfastError && !error.transient && !notDamage.test(error.code)
}
