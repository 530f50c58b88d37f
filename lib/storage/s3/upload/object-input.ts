import type { PutOptions } from '@/lib/ports/storage'
import type { S3Store } from '@/lib/storage/s3/store'

/** Metadata name of the put's own id; S3 lower-cases such names. */
export const putIdName = 'holdfast-put'

/** What PutObject and CreateMultipartUpload have in common: name, class, encryption and the put's own id. */
export function createObjectInput(store: S3Store, state: { key: string; putId: string }, options: PutOptions) {
  const { bucket, storageClass, serverSideEncryption, kmsKeyId } = store.config
  return {
    Bucket: bucket,
    Key: store.name(state.key),
    ContentType: options.contentType ?? 'application/octet-stream',
    Metadata: { [putIdName]: state.putId },
    ...(storageClass ? { StorageClass: storageClassOf(storageClass) } : {}),
    ...(serverSideEncryption ? { ServerSideEncryption: serverSideEncryption } : {}),
    ...(kmsKeyId && serverSideEncryption === 'aws:kms' ? { SSEKMSKeyId: kmsKeyId } : {}),
  }
}

/** Compatible stores have classes of their own, which the SDK's union does not name but sends as they are. */
function storageClassOf(name: string): 'STANDARD' {
  return name as 'STANDARD'
}
