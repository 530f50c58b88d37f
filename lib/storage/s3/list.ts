import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import type { ObjectInfo } from '@/lib/ports/storage'
import { plainRequest } from './connection/request'
import type { S3Store } from './store'

/**
 * All objects below the prefix, a page of 1,000 at a time. A page that says "more" without a way to go on is an error:
 * taken as the end it would hide backups. Folder placeholders that consoles make are not objects.
 */
export async function* list(store: S3Store, prefix: string, run: RunContext): AsyncGenerator<ObjectInfo> {
  let token: string | undefined
  for (;;) {
    const page = await plainRequest(store, run, { what: 'list' }, (signal) =>
      store.client.send(
        new ListObjectsV2Command({
          Bucket: store.config.bucket,
          Prefix: store.name(prefix),
          ...(token ? { ContinuationToken: token } : {}),
        }),
        { abortSignal: signal },
      ),
    )
    for (const { Key, Size, LastModified, ETag, StorageClass } of page.Contents ?? []) {
      if (Key === undefined || Size === undefined || (Key.endsWith('/') && Size === 0)) continue
      yield {
        key: store.key(Key),
        sizeBytes: Size,
        lastModified: LastModified ?? null,
        version: ETag ?? null,
        storageClass: StorageClass ?? 'STANDARD',
      }
    }
    if (!page.IsTruncated) return
    if (!page.NextContinuationToken || page.NextContinuationToken === token) {
      throw new HoldfastError(
        'storage-failed',
        'The store cut its listing short: it says there is more, but not where',
        {
          facts: { prefix },
        },
      )
    }
    token = page.NextContinuationToken
  }
}
