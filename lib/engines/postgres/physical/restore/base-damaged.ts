import { HoldfastError } from '@/lib/core/holdfast-error'

/** What was stored is not what the server listed, or nothing that a server ever sends. */
export function baseDamaged(what: string, cause?: unknown): HoldfastError {
  return new HoldfastError('object-damaged', `The base backup is damaged: ${what}.`, {
    remedy: 'Restore from another copy or an older backup, and find out who could write to the place of this one.',
    cause,
  })
}

/** What a stored format's reader throws, in words; everything else stays what it is. */
export function asBaseDamage(error: unknown): unknown {
  return error instanceof SyntaxError ? baseDamaged(error.message, error) : error
}
