import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { ProbeReport } from '@/lib/contracts/destination'
import type { RunContext } from '@/lib/ports/run-context'
import { ProbeChecks } from '../probe-checks'
import { deleteObjects } from './delete'
import { get } from './get'
import { headFull } from './head'
import { list } from './list'
import { probeChecksums, probeConditionalWrites } from './probing/probe-writes'
import { probeLifecycle, probeObjectLock, probeVersioning } from './probing/probe-bucket'
import { put } from './put'
import { speaksTls } from './connection/speaks-tls'
import type { S3Store } from './store'

/** A person waits for the answer, and what is wrong with the settings does not pass by itself. */
const impatient = { attempts: 2, baseDelayMs: 200, maxDelayMs: 1_000 }
/** The smallest part that S3 accepts before the last one. */
const smallestPartBytes = 5 * 1024 * 1024

export async function probe(opened: S3Store, run: RunContext): Promise<ProbeReport> {
  const startedAt = performance.now()
  const tuning = { ...opened.tuning, retry: impatient, firstPartBytes: smallestPartBytes }
  const store: S3Store = { ...opened, tuning, features: { ...opened.features } }
  const checks = new ProbeChecks(run)
  const key = `holdfast/probe/${randomUUID()}`
  const keys = [key, `${key}-multipart`, `${key}-checksum`]
  try {
    if (await probeWrite(store, checks, key, run)) await probeRest(store, checks, keys, run)
    return await withTlsHint(checks.report(performance.now() - startedAt), store, run)
  } finally {
    // Whatever came in between: nothing of the probe stays.
    const scope = { ...run, signal: AbortSignal.timeout(10_000) }
    await deleteObjects(store, keys, scope).catch(() => undefined)
  }
}

/** A server that speaks TLS answers plain HTTP with anything: a page, a few bytes, a closed connection. */
async function withTlsHint(report: ProbeReport, { config }: S3Store, run: RunContext): Promise<ProbeReport> {
  const { error } = report
  const { endpoint = '' } = config
  if (!error || !/^http:/i.test(endpoint) || !['storage-unreachable', 'storage-failed'].includes(error.code))
    return report
  if (!(await speaksTls(endpoint, run.signal))) return report
  const message = `${endpoint} speaks TLS on this port`
  return { ...report, error: { ...error, message, remedy: 'Let the endpoint begin with https://' } }
}

const content = (key: string) => Buffer.from(`Holdfast probe ${key}\n`)

function probeWrite(store: S3Store, checks: ProbeChecks, key: string, run: RunContext): Promise<boolean> {
  return checks.try('write', async () => {
    await put(store, key, Readable.from([content(key)]), {}, run)
    return { result: 'ok' }
  })
}

async function probeRest(store: S3Store, checks: ProbeChecks, keys: string[], run: RunContext): Promise<void> {
  const [key = '', multipartKey = '', checksumKey = ''] = keys
  await checks.try('read', async () => {
    const same = content(key).equals(await buffer(await get(store, key, null, run)))
    return same ? { result: 'ok' } : { result: 'failed', detail: 'What was read is not what was written' }
  })
  await checks.try('list', async () => {
    for await (const object of list(store, key, run)) if (object.key === key) return { result: 'ok' }
    return { result: 'failed', detail: 'The object that was written is not in the listing' }
  })
  await checks.try('multipart', async () => {
    const body = Readable.from([Buffer.alloc(smallestPartBytes), Buffer.from('!')])
    await put(store, multipartKey, body, {}, run)
    return { result: 'ok' }
  })
  await checks.try('checksums', () => probeChecksums(store, key, checksumKey, run))
  await checks.try('conditional-writes', () => probeConditionalWrites(store, key, run))
  await checks.try('delete', async () => {
    const outcomes = await deleteObjects(store, [key, multipartKey], run)
    const bad = outcomes.find((outcome) => outcome.result === 'refused' || outcome.result === 'failed')
    if (bad) return { result: 'failed', detail: bad.message ?? `Deleting was ${bad.result}` }
    const left = await headFull(store, key, run)
    return left ? { result: 'failed', detail: 'The object is still there after it was deleted' } : { result: 'ok' }
  })
  await checks.try('lifecycle', () => probeLifecycle(store, run))
  await checks.try('versioning', () => probeVersioning(store, run))
  await checks.try('object-lock', () => probeObjectLock(store, run))
}
