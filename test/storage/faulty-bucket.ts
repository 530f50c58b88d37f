import { openS3 } from '@/lib/storage/s3/driver'
import type { S3Tuning } from '@/lib/storage/s3/store'
import { checkCalls } from '@/lib/storage/decorators/check-calls'
import type { Storage } from '@/lib/ports/storage'
import { startFaultProxy, type FaultProxy } from '../helpers/faults/fault-proxy'
import { makeBucket, type TestBucket } from '../helpers/servers/s3'
import { testS3 } from '../helpers/servers/servers'

export const mebibyte = 1024 * 1024

/** A real bucket behind a proxy that can break requests; the driver is impatient, so that tests are quick. */
export interface FaultyBucket extends AsyncDisposable {
  bucket: TestBucket
  proxy: FaultProxy
  storage: Storage
}

export const attempts = 4

export async function openFaulty(tuning: Partial<S3Tuning> = {}): Promise<FaultyBucket> {
  const [bucket, proxy] = await Promise.all([makeBucket(), startFaultProxy(testS3().endpoint)])
  const quick = { retry: { attempts, baseDelayMs: 1, maxDelayMs: 5 }, firstPartBytes: 5 * mebibyte }
  const storage = checkCalls(openS3(bucket.spec({ endpoint: proxy.endpoint }), { ...quick, ...tuning }))
  return {
    bucket,
    proxy,
    storage,
    async [Symbol.asyncDispose]() {
      await storage.close()
      await proxy.close()
      bucket.close()
    },
  }
}
