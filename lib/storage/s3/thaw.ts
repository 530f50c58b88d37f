import { RestoreObjectCommand } from '@aws-sdk/client-s3'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { isArchived } from '@/lib/core/storage-care/storage-class'
import type { RunContext } from '@/lib/ports/run-context'
import { classifyError } from './classify-error'
import { isNotImplemented, readFault } from './connection/read-fault'
import { headFull, type Head } from './head'
import { request } from './connection/request'
import type { S3Store } from './store'

type Thawed = 'requested' | 'under-way' | 'readable'

/** Asks for every object that cannot be read yet. The slowest one is the answer. */
export async function thaw(store: S3Store, keys: string[], days: number, run: RunContext): Promise<Thawed> {
  const states: Thawed[] = []
  for (const key of keys) states.push(await thawOne(store, key, days, run))
  return states.find((state) => state === 'requested') ?? states.find((state) => state === 'under-way') ?? 'readable'
}

async function thawOne(store: S3Store, key: string, days: number, run: RunContext): Promise<Thawed> {
  const head = await headFull(store, key, run)
  if (!head) throw new HoldfastError('object-not-found', `${key} is not in the bucket ${store.config.bucket}`)
  const known = stateOf(head)
  if (known) return known
  try {
    return await request(store, run, { what: 'restore object', key }, async (signal) => {
      const command = new RestoreObjectCommand({
        Bucket: store.config.bucket,
        Key: store.name(key),
        RestoreRequest: { Days: days, GlacierJobParameters: { Tier: 'Standard' } },
      })
      try {
        await store.client.send(command, { abortSignal: signal })
        return 'requested'
      } catch (error) {
        // Somebody else asked between the two requests.
        if (readFault(error).code === 'RestoreAlreadyInProgress') return 'under-way'
        throw error
      }
    })
  } catch (error) {
    run.signal.throwIfAborted()
    if (!isNotImplemented(error)) throw classifyError(error, store.config, key)
    throw new HoldfastError('thaw-unsupported', 'This store cannot bring archived objects back by itself', {
      remedy: 'Bring them back with the tools of the store, then read the copy again',
      facts: { key },
    })
  }
}

/** The `x-amz-restore` header is there once it was asked for: `ongoing-request="true"`, later `"false"` with an end. */
function stateOf(head: Head): Thawed | null {
  if (head.Restore?.includes('ongoing-request="true"')) return 'under-way'
  if (head.Restore?.includes('ongoing-request="false"') || !isArchived('s3', head.StorageClass)) return 'readable'
  return null
}
