import { AbortMultipartUploadCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3'
import type { RunContext } from '@/lib/ports/run-context'
import { readFault } from '@/lib/storage/s3/connection/read-fault'
import { plainRequest } from '@/lib/storage/s3/connection/request'
import type { S3Store } from '@/lib/storage/s3/store'

type Scope = Pick<RunContext, 'signal' | 'logger'>

export async function abortUploads(store: S3Store, prefix: string, run: Scope): Promise<string[]> {
  const ended: string[] = []
  for await (const upload of unfinishedUploads(store, store.name(prefix), run)) {
    await abortUpload(store, upload.name, upload.uploadId, run)
    ended.push(store.key(upload.name))
  }
  return ended
}

/** Ends one upload; one that is gone already counts as ended. */
export async function abortUpload(store: S3Store, name: string, uploadId: string, run: Scope): Promise<void> {
  await plainRequest(store, run, { what: 'abort upload', key: store.key(name) }, async (signal) => {
    const input = { Bucket: store.config.bucket, Key: name, UploadId: uploadId }
    try {
      await store.client.send(new AbortMultipartUploadCommand(input), { abortSignal: signal })
    } catch (error) {
      if (readFault(error).code !== 'NoSuchUpload') throw error
    }
  })
}

/** Unfinished uploads whose name in the bucket begins so. A page is read whole before its uploads are yielded. */
export async function* unfinishedUploads(
  store: S3Store,
  namePrefix: string,
  run: Scope,
): AsyncGenerator<{ name: string; uploadId: string }> {
  let marker: { KeyMarker?: string; UploadIdMarker?: string } = {}
  for (;;) {
    const input = { Bucket: store.config.bucket, Prefix: namePrefix, ...marker }
    const page = await plainRequest(store, run, { what: 'list uploads' }, (signal) =>
      store.client.send(new ListMultipartUploadsCommand(input), { abortSignal: signal }),
    )
    for (const { Key, UploadId } of page.Uploads ?? []) {
      if (Key && UploadId && Key.startsWith(namePrefix)) yield { name: Key, uploadId: UploadId }
    }
    if (!page.IsTruncated || !page.NextKeyMarker) return
    marker = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
  }
}
