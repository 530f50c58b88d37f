import { type DestinationKind, destinationKindSchema } from '@/lib/contracts/destinations/index'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { DestinationSpec, Storage, StorageDriver } from '@/lib/ports/storage'
import { checkCalls } from './decorators/check-calls'
import { localDriver } from './local/driver'
import { s3Driver } from './s3/driver'

/** The only list of storage drivers. */
export const storageDrivers: Record<DestinationKind, StorageDriver> = {
  local: localDriver,
  s3: s3Driver,
}

/** Opens a destination. The caller closes it. */
export function openStorage(spec: DestinationSpec): Storage {
  const kind = destinationKindSchema.safeParse(spec.kind)
  if (!kind.success) {
    throw new HoldfastError('storage-failed', `There is no storage driver for destinations of kind "${spec.kind}"`)
  }
  return checkCalls(storageDrivers[kind.data].open(spec))
}
