import { createHash, randomUUID } from 'node:crypto'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { Readable } from 'node:stream'
import type { RunContext } from '@/lib/ports/run-context'
import type { PutOptions, StoredObject } from '@/lib/ports/storage'
import { sourceChunks } from '../source-chunks'
import { adaptively } from './connection/adaptively'
import { classifyError } from './classify-error'
import { cleanUp } from './upload/clean-up'
import { commitObject, objectExists } from './upload/commit-object'
import { confirmObject, type SentObject } from './upload/confirm-object'
import { headObject } from './head'
import { createObjectInput } from './upload/object-input'
import type { PutState } from './upload/put-state'
import { planParts } from '../parts/plan-parts'
import { signBody } from './connection/signed-body'
import { splitParts, type Part } from '../parts/split-parts'
import type { S3Store } from './store'
import { uploadMultipart } from './upload/upload-multipart'

/** Streams into one object; see the port for the promises. Memory: four parts in flight and one being filled. */
export async function put(
  store: S3Store,
  key: string,
  body: Readable,
  options: PutOptions,
  run: RunContext,
): Promise<StoredObject> {
  const state: PutState = { key, putId: randomUUID(), createAttempts: 0, uploadId: null, commitSent: false }
  try {
    // Early, so that nobody dumps for an hour to learn it; the conditional create decides at the end.
    if (await headObject(store, key, run)) throw objectExists(key)
    const { sent, etag } = await send(store, state, body, options, run)
    await confirmObject(store, state, sent, etag, run)
    if (state.createAttempts > 1) await cleanUp(store, { ...state, commitSent: false }, run.logger)
    return { key, sizeBytes: sent.sizeBytes, sha256: sent.sha256.toString('hex') }
  } catch (error) {
    body.destroy()
    await cleanUp(store, state, run.logger)
    run.signal.throwIfAborted()
    throw classifyError(error, store.config, key)
  }
}

async function send(
  store: S3Store,
  state: PutState,
  body: Readable,
  options: PutOptions,
  run: RunContext,
): Promise<{ sent: SentObject; etag: string }> {
  const { sha256 } = options
  const hash = sha256 ? null : createHash('sha256')
  const whole = () => hash?.digest() ?? Buffer.from(sha256?.() ?? '', 'hex')
  let sizeBytes = 0
  const counted = async function* () {
    for await (const chunk of sourceChunks(body, run.signal)) {
      hash?.update(chunk)
      sizeBytes += chunk.length
      yield chunk
    }
  }
  const plan = planParts(options.sizeHintBytes, store.tuning.firstPartBytes, options.atOnce)
  const parts = splitParts(counted(), plan)
  try {
    const first = await parts.next()
    // splitParts always yields at least one part, an empty one for an empty object.
    if (first.done) throw new Error('A stream without parts')
    if (!first.value.last) {
      const { etag, parts: uploaded } = await uploadMultipart(
        store,
        state,
        first.value,
        parts,
        { plan, options, endSource: () => body.destroy() },
        run,
      )
      return { etag, sent: { sizeBytes, sha256: whole(), parts: uploaded } }
    }
    const sent: SentObject = { sizeBytes, sha256: whole(), parts: null }
    return { sent, etag: await putWhole(store, state, first.value, sent, options, run) }
  } finally {
    await parts.return(undefined)
  }
}

async function putWhole(
  store: S3Store,
  state: PutState,
  part: Part,
  sent: SentObject,
  options: PutOptions,
  run: RunContext,
): Promise<string> {
  return adaptively(store, ['conditionalCreate', 'reportsChecksum'], () =>
    commitObject(store, state, run, (signal, condition) => {
      const command = new PutObjectCommand({
        ...createObjectInput(store, state, options),
        ...condition,
        Body: part.bytes,
        ContentLength: part.bytes.length,
        ...(store.features.reportsChecksum
          ? { ChecksumAlgorithm: 'SHA256', ChecksumSHA256: sent.sha256.toString('base64') }
          : {}),
      })
      signBody(command, sent.sha256.toString('hex'))
      return store.client.send(command, { abortSignal: signal })
    }),
  )
}
