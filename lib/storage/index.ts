import { HoldfastError } from '@/lib/core/holdfast-error'
import type { DestinationSpec, Storage, StorageDriver } from '@/lib/ports/storage'
import { checkCalls } from './decorators/check-calls'
import { localDriver } from './local/driver'
import { s3Driver } from './s3/driver'

/** The only list of storage drivers. */
export const storageDrivers: Record<string, StorageDriver> = {
  [localDriver.kind]: localDriver,
  [s3Driver.kind]: s3Driver,
}

/** Opens a destination. The caller closes it. */
export function openStorage(spec: DestinationSpec): Storage {
  const driver = storageDrivers[spec.kind]
  if (!driver) {
    throw new HoldfastError('storage-failed', `There is no storage driver for destinations of kind "${spec.kind}"`)
  }
  return checkCalls(driver.open(spec))
}
