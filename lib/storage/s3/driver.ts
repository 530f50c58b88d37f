import { s3ConfigSchema } from '@/lib/contracts/destinations/s3'
import type { DestinationSpec, Storage, StorageDriver } from '@/lib/ports/storage'
import { abortUploads } from './upload/abort-uploads'
import { deleteObjects } from './delete'
import { get } from './get'
import { headObject } from './head'
import { ensureSafetyNet, ensureTransitions } from './lifecycle'
import { list } from './list'
import { probe } from './probe'
import { put } from './put'
import { openStore, type S3Tuning } from './store'
import { thaw } from './thaw'

/** AWS S3 and compatible stores. */
export const s3Driver: StorageDriver = { kind: 's3', open: (spec) => openS3(spec) }

/** Opens a bucket; nothing is sent before the first call. `tuning` is for tests of what takes minutes otherwise. */
export function openS3(spec: DestinationSpec, tuning: Partial<S3Tuning> = {}): Storage {
  const store = openStore(s3ConfigSchema.parse(spec.config), spec.secrets['secretAccessKey'] ?? null, tuning)
  return {
    kind: 's3',
    features: store.features,
    put: (key, body, options, run) => put(store, key, body, options, run),
    get: (key, range, run) => get(store, key, range, run),
    head: (key, run) => headObject(store, key, run),
    list: (prefix, run) => list(store, prefix, run),
    delete: (keys, run) => deleteObjects(store, keys, run),
    abortUploads: (prefix, run) => abortUploads(store, prefix, run),
    probe: (run) => probe(store, run),
    ensureSafetyNet: (expireAfterDays, run) => ensureSafetyNet(store, expireAfterDays, run),
    ensureTransitions: (transitions, run) => ensureTransitions(store, transitions, run),
    thaw: (keys, days, run) => thaw(store, keys, days, run),
    close: async () => {
      store.client.destroy()
      store.reader.destroy()
    },
  }
}
