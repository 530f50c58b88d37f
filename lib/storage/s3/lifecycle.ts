import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import {
  GetBucketLifecycleConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  type TransitionDefaultMinimumObjectSize,
} from '@aws-sdk/client-s3'
import { repositoryRoot } from '@/lib/core/repository/paths'
import type { RunContext } from '@/lib/ports/run-context'
import { classifyError, isNotImplemented, readFault } from './classify-error'
import { request } from './request'
import type { S3Store } from './store'

interface Lifecycle {
  rules: LifecycleRule[]
  minimumSize: TransitionDefaultMinimumObjectSize | undefined
}

/** An upload is never unfinished for so long; the longest backup ends within a day or two. */
const staleUploadDays = 7

type SafetyNet = { state: 'installed' | 'present' | 'refused' | 'unsupported'; detail?: string }

/**
 * Keeps one lifecycle rule of ours in the bucket. The whole configuration is one document that a PUT replaces, so all
 * other rules go back as they came, and what the store then has is read again and compared.
 */
export async function ensureSafetyNet(
  store: S3Store,
  expireAfterDays: number | null,
  run: RunContext,
): Promise<SafetyNet> {
  if (!store.config.lifecycleSafetyNet) return { state: 'unsupported', detail: 'Switched off for this destination' }
  try {
    const before = await readLifecycle(store, run)
    const rule = ourRule(store, expireAfterDays)
    if (before.rules.some((other) => sameRule(other, rule))) return { state: 'present' }
    const others = before.rules.filter((other) => other.ID !== rule.ID)
    await writeLifecycle(store, { ...before, rules: [...others, rule] }, run)
    const after = await readLifecycle(store, run)
    const lost = [...others, rule].filter((wanted) => !after.rules.some((found) => sameRule(found, wanted)))
    if (lost.length === 0) return { state: 'installed' }
    const names = lost.map((missing) => missing.ID ?? 'a rule without a name').join(', ')
    return { state: 'refused', detail: `The bucket's lifecycle does not have all rules after the change: ${names}` }
  } catch (error) {
    run.signal.throwIfAborted()
    if (isNotImplemented(error)) {
      return { state: 'unsupported', detail: 'The store has no lifecycle rules' }
    }
    const failure = classifyError(error, store.config)
    if (failure.code !== 'storage-denied') throw failure
    return { state: 'refused', detail: 'The key may not change the lifecycle (s3:PutLifecycleConfiguration)' }
  }
}

/** Reads the rules; none when the bucket has no lifecycle. Throws "not implemented" as it came. */
export function readLifecycle(store: S3Store, run: RunContext): Promise<Lifecycle> {
  return request(store, run, { what: 'get lifecycle' }, async (signal) => {
    try {
      const answer = await store.client.send(
        new GetBucketLifecycleConfigurationCommand({ Bucket: store.config.bucket }),
        { abortSignal: signal },
      )
      return { rules: answer.Rules ?? [], minimumSize: answer.TransitionDefaultMinimumObjectSize }
    } catch (error) {
      if (readFault(error).code === 'NoSuchLifecycleConfiguration') return { rules: [], minimumSize: undefined }
      throw error
    }
  })
}

async function writeLifecycle(store: S3Store, lifecycle: Lifecycle, run: RunContext): Promise<void> {
  const command = {
    Bucket: store.config.bucket,
    LifecycleConfiguration: { Rules: lifecycle.rules },
    ...(lifecycle.minimumSize ? { TransitionDefaultMinimumObjectSize: lifecycle.minimumSize } : {}),
  }
  await request(store, run, { what: 'put lifecycle' }, (signal) =>
    store.client.send(new PutBucketLifecycleConfigurationCommand(command), { abortSignal: signal }),
  )
}

/** One rule for each prefix: two destinations may share a bucket, and neither may take the other's rule away. */
function ourRule(store: S3Store, expireAfterDays: number | null): LifecycleRule {
  const prefix = `${store.name(repositoryRoot)}/`
  return {
    ID: `holdfast-${createHash('sha256').update(prefix).digest('hex').slice(0, 12)}`,
    Status: 'Enabled',
    Filter: { Prefix: prefix },
    ...(expireAfterDays === null
      ? {}
      : {
          Expiration: { Days: expireAfterDays },
          NoncurrentVersionExpiration: { NoncurrentDays: expireAfterDays },
        }),
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: staleUploadDays },
  }
}

/** Stores give rules back with absent members as undefined or left out: both mean the same. */
function sameRule(a: LifecycleRule, b: LifecycleRule): boolean {
  const plain = (rule: LifecycleRule): unknown => JSON.parse(JSON.stringify(rule))
  return isDeepStrictEqual(plain(a), plain(b))
}
