import { createHash } from 'node:crypto'
import { CompleteMultipartUploadCommand, CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import type { PutOptions } from '@/lib/ports/storage'
import { adaptively } from '@/lib/storage/s3/connection/adaptively'
import { commitObject } from './commit-object'
import { createObjectInput } from './object-input'
import type { PartPlan } from '@/lib/storage/parts/plan-parts'
import type { PutState } from './put-state'
import { plainRequest, request } from '@/lib/storage/s3/connection/request'
import { signBody } from '@/lib/storage/s3/connection/signed-body'
import type { Part } from '@/lib/storage/parts/split-parts'
import type { S3Store } from '@/lib/storage/s3/store'

/** A part as the store has it. */
export interface UploadedPart {
  number: number
  etag: string
  sha256: Buffer
  /** Only where the store reports no checksum and its ETag is what there is to compare. */
  md5: Buffer | null
}

/** Uploads parts side by side and completes them. The caller cleans up after an error. */
export async function uploadMultipart(
  store: S3Store,
  state: PutState,
  first: Part,
  rest: AsyncIterable<Part>,
  context: { plan: PartPlan; options: PutOptions; endSource(): void },
  run: RunContext,
): Promise<{ etag: string; parts: UploadedPart[] }> {
  const { plan } = context
  const { uploadId, checksums } = await createUpload(store, state, context.options, run)
  // The first part that fails stops the others, and the source, which may be waiting for a lock for an hour.
  const stop = new AbortController()
  const scope = { ...run, signal: AbortSignal.any([run.signal, stop.signal]) }
  const uploaded: UploadedPart[] = []
  const inFlight = new Set<Promise<void>>()
  const start = (part: Part) => {
    const task = uploadPart(store, { key: state.key, uploadId, checksums }, part, scope)
      .then((done) => void uploaded.push(done))
      .finally(() => {
        part.release()
        inFlight.delete(task)
      })
    task.catch((error: unknown) => {
      stop.abort(error)
      context.endSource()
    })
    inFlight.add(task)
  }
  try {
    start(first)
    for await (const part of rest) {
      start(part)
      while (inFlight.size >= plan.inFlight(part.bytes.length)) await Promise.race(inFlight)
    }
    await Promise.all(inFlight)
  } catch (error) {
    stop.abort(error)
    await Promise.allSettled(inFlight)
    throw stop.signal.reason
  }
  uploaded.sort((a, b) => a.number - b.number)
  return { etag: await complete(store, state, { uploadId, checksums }, uploaded, run), parts: uploaded }
}

async function createUpload(store: S3Store, state: PutState, options: PutOptions, run: RunContext) {
  return adaptively(store, ['reportsChecksum'], async () => {
    const checksums = store.features.reportsChecksum
    const input = {
      ...createObjectInput(store, state, options),
      ...(checksums ? { ChecksumAlgorithm: 'SHA256' as const } : {}),
    }
    const answer = await request(store, run, { what: 'create upload', key: state.key }, (signal) => {
      state.createAttempts += 1
      return store.client.send(new CreateMultipartUploadCommand(input), { abortSignal: signal })
    })
    if (!answer.UploadId) throw new HoldfastError('storage-failed', 'The store began an upload without an id')
    state.uploadId = answer.UploadId
    return { uploadId: answer.UploadId, checksums }
  })
}

async function uploadPart(
  store: S3Store,
  upload: { key: string; uploadId: string; checksums: boolean },
  part: Part,
  run: RunContext,
): Promise<UploadedPart> {
  const sha256 = createHash('sha256').update(part.bytes).digest()
  const announced = sha256.toString('base64')
  const what = { what: `upload part ${part.number}`, key: upload.key }
  return plainRequest(store, run, what, async (signal) => {
    const command = new UploadPartCommand({
      Bucket: store.config.bucket,
      Key: store.name(upload.key),
      UploadId: upload.uploadId,
      PartNumber: part.number,
      Body: part.bytes,
      ContentLength: part.bytes.length,
      ...(upload.checksums ? { ChecksumAlgorithm: 'SHA256', ChecksumSHA256: announced } : {}),
    })
    signBody(command, sha256.toString('hex'))
    const answer = await store.client.send(command, { abortSignal: signal })
    if (!answer.ETag || (answer.ChecksumSHA256 && answer.ChecksumSHA256 !== announced)) {
      throw new HoldfastError('object-damaged', `The store did not confirm part ${part.number} of ${upload.key}`, {
        transient: true,
        facts: { key: upload.key, part: part.number },
      })
    }
    const md5 = answer.ChecksumSHA256 ? null : createHash('md5').update(part.bytes).digest()
    return { number: part.number, etag: answer.ETag, sha256, md5 }
  })
}

function complete(
  store: S3Store,
  state: PutState,
  upload: { uploadId: string; checksums: boolean },
  parts: UploadedPart[],
  run: RunContext,
): Promise<string> {
  const list = parts.map((part) => ({
    PartNumber: part.number,
    ETag: part.etag,
    ...(upload.checksums ? { ChecksumSHA256: part.sha256.toString('base64') } : {}),
  }))
  return adaptively(store, ['conditionalCreate'], () =>
    commitObject(store, state, run, (signal, condition) =>
      store.client.send(
        new CompleteMultipartUploadCommand({
          Bucket: store.config.bucket,
          Key: store.name(state.key),
          UploadId: upload.uploadId,
          MultipartUpload: { Parts: list },
          ...condition,
        }),
        { abortSignal: signal },
      ),
    ),
  )
}
