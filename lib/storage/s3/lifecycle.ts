import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import {
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  type TransitionDefaultMinimumObjectSize,
} from '@aws-sdk/client-s3'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { repositoryRoot } from '@/lib/core/repository/paths'
import type { RunContext } from '@/lib/ports/run-context'
import type { ClassTransition, RuleOutcome } from '@/lib/ports/storage'
import { classifyError } from './classify-error'
import { isNotImplemented, readFault } from './connection/read-fault'
import { request } from './connection/request'
import type { S3Store } from './store'

interface Lifecycle {
  rules: LifecycleRule[]
  minimumSize: TransitionDefaultMinimumObjectSize | undefined
}

/** An upload is never unfinished for so long; the longest backup ends within a day or two. */
const staleUploadDays = 7

/**
 * Keeps one lifecycle rule of Holdfast in the bucket that ends stale uploads and, far behind retention, expires objects.
 */
export function ensureSafetyNet(store: S3Store, expireAfterDays: number | null, run: RunContext): Promise<RuleOutcome> {
  if (!store.config.lifecycleSafetyNet) {
    return Promise.resolve({ state: 'unsupported', detail: 'Switched off for this destination' })
  }
  const rule = safetyNetRule(store, expireAfterDays)
  return ensureRule(store, { id: rule.ID, rule }, run)
}

/** Keeps one lifecycle rule of Holdfast that moves objects to other classes by age; none when nothing has to be moved. */
export async function ensureTransitions(
  store: S3Store,
  transitions: ClassTransition[],
  run: RunContext,
): Promise<RuleOutcome> {
  const id = ruleId(store, 'class')
  const rule = transitions.length === 0 ? null : transitionRule(store, id, transitions)
  try {
    return await ensureRule(store, { id, rule }, run)
  } catch (error) {
    // Classes, ages and their order have rules of the store's own: what it says is for the administrator.
    if (!(error instanceof HoldfastError) || error.code !== 'storage-failed' || error.transient) throw error
    return { state: 'refused', detail: error.message }
  }
}

/**
 * The whole configuration is one document that a PUT replaces, so all other rules go back as they came, and what the store
 * then has is read again and compared. `rule` null: Holdfast's own is removed.
 */
async function ensureRule(
  store: S3Store,
  ours: { id: string; rule: LifecycleRule | null },
  run: RunContext,
): Promise<RuleOutcome> {
  const { id, rule } = ours
  try {
    const before = await readLifecycle(store, run)
    const others = before.rules.filter((other) => other.ID !== id)
    if (rule === null && others.length === before.rules.length) return { state: 'absent' }
    if (rule !== null && before.rules.some((other) => sameRule(other, rule))) return { state: 'present' }
    const wanted = rule === null ? others : [...others, rule]
    await writeLifecycle(store, { ...before, rules: wanted }, run)
    const after = await readLifecycle(store, run)
    const lost = wanted.filter((each) => !after.rules.some((found) => sameRule(found, each)))
    if (lost.length === 0) return { state: rule === null ? 'absent' : 'installed' }
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
  const Bucket = store.config.bucket
  // A configuration without a rule is not valid; it is deleted instead.
  if (lifecycle.rules.length === 0) {
    await request(store, run, { what: 'delete lifecycle' }, (signal) =>
      store.client.send(new DeleteBucketLifecycleCommand({ Bucket }), { abortSignal: signal }),
    )
    return
  }
  const command = {
    Bucket,
    LifecycleConfiguration: { Rules: lifecycle.rules },
    ...(lifecycle.minimumSize ? { TransitionDefaultMinimumObjectSize: lifecycle.minimumSize } : {}),
  }
  await request(store, run, { what: 'put lifecycle' }, (signal) =>
    store.client.send(new PutBucketLifecycleConfigurationCommand(command), { abortSignal: signal }),
  )
}

const ourPrefix = (store: S3Store): string => `${store.name(repositoryRoot)}/`

/** One rule of a kind for each prefix: two destinations may share a bucket, and neither may take the other's rule away. */
function ruleId(store: S3Store, kind: 'net' | 'class'): string {
  const hash = createHash('sha256').update(ourPrefix(store)).digest('hex').slice(0, 12)
  return kind === 'net' ? `holdfast-${hash}` : `holdfast-class-${hash}`
}

function safetyNetRule(store: S3Store, expireAfterDays: number | null): LifecycleRule & { ID: string } {
  return {
    ID: ruleId(store, 'net'),
    Status: 'Enabled',
    Filter: { Prefix: ourPrefix(store) },
    ...(expireAfterDays === null
      ? {}
      : {
          Expiration: { Days: expireAfterDays },
          NoncurrentVersionExpiration: { NoncurrentDays: expireAfterDays },
        }),
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: staleUploadDays },
  }
}

function transitionRule(store: S3Store, id: string, transitions: ClassTransition[]): LifecycleRule {
  const byAge = transitions.toSorted((a, b) => a.afterDays - b.afterDays)
  return {
    ID: id,
    Status: 'Enabled',
    Filter: { Prefix: ourPrefix(store) },
    Transitions: byAge.map(({ afterDays, storageClass }) => ({
      Days: afterDays,
      StorageClass: transitionClassOf(storageClass),
    })),
  }
}

/** Compatible stores have classes of their own, which the SDK's union does not name but sends as they are. */
function transitionClassOf(name: string): 'GLACIER' {
  return name as 'GLACIER'
}

/** Stores give rules back with absent members as undefined or left out: both mean the same. */
function sameRule(a: LifecycleRule, b: LifecycleRule): boolean {
  const plain = (rule: LifecycleRule): unknown => JSON.parse(JSON.stringify(rule))
  return isDeepStrictEqual(plain(a), plain(b))
}
