import { isNotImplemented } from './read-fault'
import type { S3Store } from '@/lib/storage/s3/store'

/**
 * Repeats an operation without the next of its optional features when the store answers "not implemented". What was
 * lost stays off for this store; the put then checks or reads back by itself.
 */
export async function adaptively<T>(
  store: S3Store,
  uses: (keyof S3Store['features'])[],
  operation: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await operation()
    } catch (error) {
      const lost = isNotImplemented(error) ? uses.find((feature) => store.features[feature]) : undefined
      if (!lost) throw error
      store.features[lost] = false
    }
  }
}
