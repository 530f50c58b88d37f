import { Prisma } from '@/lib/db/generated/client'
import { HoldfastError } from '@/lib/core/holdfast-error'

/** Runs a write whose only unique value is a name (or e-mail); a clash becomes `name-taken`, at the field `path`. */
export async function withUniqueName<T>(
  what: string,
  name: string | undefined,
  write: () => Promise<T>,
  path = 'name',
): Promise<T> {
  try {
    return await write()
  } catch (cause) {
    if (!(cause instanceof Prisma.PrismaClientKnownRequestError) || cause.code !== 'P2002') throw cause
    const message = `There is already a ${what} called "${name ?? ''}".`
    throw new HoldfastError('name-taken', message, {
      remedy: 'Choose another name.',
      facts: { errors: [{ path, message }] },
      cause,
    })
  }
}
