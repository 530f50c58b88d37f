import { GetBucketVersioningCommand, GetObjectLockConfigurationCommand } from '@aws-sdk/client-s3'
import type { ProbeCheck } from '@/lib/contracts/destination'
import { toFailure } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import { classifyError } from '@/lib/storage/s3/classify-error'
import { isNotImplemented, readFault } from '@/lib/storage/s3/connection/read-fault'
import { readLifecycle } from '@/lib/storage/s3/lifecycle'
import { request } from '@/lib/storage/s3/connection/request'
import type { S3Store } from '@/lib/storage/s3/store'

type Outcome = Pick<ProbeCheck, 'result' | 'detail'>

export function probeLifecycle(store: S3Store, run: RunContext): Promise<Outcome> {
  return asked(store, run, async () => {
    const { rules } = await readLifecycle(store, run)
    return { result: 'ok', detail: rules.length === 1 ? '1 rule' : `${rules.length} rules` }
  })
}

export function probeVersioning(store: S3Store, run: RunContext): Promise<Outcome> {
  return asked(store, run, async () => {
    const answer = await request(store, run, { what: 'get versioning' }, (signal) =>
      store.client.send(new GetBucketVersioningCommand({ Bucket: store.config.bucket }), { abortSignal: signal }),
    )
    if (answer.Status === 'Enabled') return { result: 'ok', detail: 'Enabled' }
    return { result: 'unsupported', detail: answer.Status === 'Suspended' ? 'Suspended' : 'Not enabled' }
  })
}

export function probeObjectLock(store: S3Store, run: RunContext): Promise<Outcome> {
  return asked(store, run, async () => {
    const answer = await request(store, run, { what: 'get object lock' }, async (signal) => {
      try {
        const command = new GetObjectLockConfigurationCommand({ Bucket: store.config.bucket })
        return await store.client.send(command, { abortSignal: signal })
      } catch (error) {
        const { code } = readFault(error)
        if (code === 'ObjectLockConfigurationNotFoundError' || code === 'InvalidRequest') return null
        throw error
      }
    })
    if (answer?.ObjectLockConfiguration?.ObjectLockEnabled !== 'Enabled') {
      return { result: 'unsupported', detail: 'Not enabled' }
    }
    const retention = answer.ObjectLockConfiguration.Rule?.DefaultRetention
    const length = retention?.Years ? `${retention.Years} years` : `${retention?.Days ?? 0} days`
    return {
      result: 'ok',
      detail: retention ? `Enabled, ${retention.Mode} for ${length}` : 'Enabled, no default period',
    }
  })
}

/** What a store lacks or a key may not ask is a fact about them, not a failure of the destination. */
async function asked(store: S3Store, run: RunContext, ask: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await ask()
  } catch (error) {
    run.signal.throwIfAborted()
    if (isNotImplemented(error)) {
      return { result: 'unsupported', detail: 'The store does not have it' }
    }
    const failure = classifyError(error, store.config)
    if (failure.code === 'storage-denied') return { result: 'unsupported', detail: 'The key may not ask for it' }
    return { result: 'failed', detail: toFailure(failure).message }
  }
}
