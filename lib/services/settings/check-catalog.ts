import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ServiceContext } from '../context'

const answerWithinMs = 5_000

/** Resolves when the catalog answers; throws `catalog-unreachable` when it does not within five seconds, or as given. */
export async function checkCatalog({
  ctx,
  withinMs = answerWithinMs,
}: {
  ctx: Pick<ServiceContext, 'db'>
  withinMs?: number
}): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), withinMs)
  })
  try {
    await Promise.race([ctx.db.$executeRaw`SELECT 1`, late])
  } catch (cause) {
    throw new HoldfastError('catalog-unreachable', 'The catalog database cannot be reached.', {
      remedy: 'Check that PostgreSQL runs; work that is under way is not lost.',
      transient: true,
      cause,
    })
  } finally {
    clearTimeout(timer)
  }
}
