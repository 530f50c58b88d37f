import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { ProbeCheck } from '@/lib/contracts/destination'
import type { RunContext } from '@/lib/ports/run-context'
import { classifyError } from '@/lib/storage/s3/classify-error'
import { isNotImplemented, readFault } from '@/lib/storage/s3/connection/read-fault'
import { headFull } from '@/lib/storage/s3/head'
import { request } from '@/lib/storage/s3/connection/request'
import type { S3Store } from '@/lib/storage/s3/store'

type Outcome = Pick<ProbeCheck, 'result' | 'detail'>

/** Does the store say what it holds, and does it refuse a checksum that does not fit? */
export async function probeChecksums(store: S3Store, key: string, freeKey: string, run: RunContext): Promise<Outcome> {
  const head = await headFull(store, key, run)
  if (!head?.ChecksumSHA256) {
    return { result: 'unsupported', detail: 'The store reports no SHA-256: objects are read back to confirm them' }
  }
  const wrong = Buffer.alloc(32).toString('base64')
  const accepted = await accepts(
    store,
    run,
    { Key: store.name(freeKey), ChecksumSHA256: wrong },
    /Digest|Checksum|Invalid|Sha256/i,
  )
  return {
    result: 'ok',
    detail: accepted
      ? 'Reports SHA-256, but accepts an object with a wrong one: Holdfast compares after each upload'
      : 'Reports SHA-256 and refuses an object with a wrong one',
  }
}

/** Is a second object under an existing name refused? The probe object is the existing one. */
export async function probeConditionalWrites(store: S3Store, key: string, run: RunContext): Promise<Outcome> {
  const detail = 'The store overwrites: Holdfast checks for the name before each upload, and two writers could race'
  try {
    const accepted = await accepts(store, run, { Key: store.name(key), IfNoneMatch: '*' }, /PreconditionFailed/)
    return accepted ? { result: 'unsupported', detail } : { result: 'ok' }
  } catch (error) {
    if (isNotImplemented(error)) return { result: 'unsupported', detail }
    throw error
  }
}

async function accepts(
  store: S3Store,
  run: RunContext,
  input: { Key: string; ChecksumSHA256?: string; IfNoneMatch?: '*' },
  refusal: RegExp,
): Promise<boolean> {
  return request(store, run, { what: 'probe' }, async (signal) => {
    try {
      const command = new PutObjectCommand({ Bucket: store.config.bucket, Body: Buffer.from('probe'), ...input })
      await store.client.send(command, { abortSignal: signal })
      return true
    } catch (error) {
      const { code, status } = readFault(error)
      if (status !== undefined && status < 500 && refusal.test(code)) return false
      throw isNotImplemented(error) ? error : classifyError(error, store.config)
    }
  })
}
