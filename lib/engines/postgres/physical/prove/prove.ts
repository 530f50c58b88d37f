import { join } from 'node:path'
import type { Check } from '@/lib/contracts/backup'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RecoveryPlan } from '@/lib/core/recovery/plan-recovery'
import { legible } from '@/lib/engines/postgres/connect/unread-bytes'
import { expectationsOf } from '@/lib/engines/postgres/logical/prove/expectations'
import { isDamage } from '@/lib/engines/postgres/logical/prove/is-damage'
import { fetchAhead, recover, type RecoveredServer } from '@/lib/engines/postgres/recovery/recover'
import type { Proof, ProveInput } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { BaseFacts } from '../base-facts'
import { makePlaces } from '../restore/make-places'
import { openRecoverySandbox, type RecoverySandbox } from '../restore/open-recovery-sandbox'
import { stepTimer, type Timed } from '../restore/step-timer'
import { unpackChain } from '../restore/unpack-chain'
import { checkRecovered } from './check-recovered'
import { checkPageChecksums } from './page-checksums'
import { recoveryFacts } from '@/lib/engines/postgres/physical/restore/recovery-facts'
import { isServerDamage } from './server-damage'
import { tellReached, targetReached } from './target-reached'

/**
 * The restore test: base backup and log become a server at the target of the plan, in a sandbox that is removed whatever happens.
 * Damage is a failed check; what is missing on this machine, or away for now, is thrown, because it says nothing about the backup.
 */
export async function prove(input: ProveInput, run: RunContext): Promise<Proof> {
  const { recovery } = input
  if (!recovery) throw logNeeded()
  const steps: Record<string, number> = {}
  const timed = stepTimer(steps)
  const room = await openRecoverySandbox({ ...input, recovery }, timed, run)
  const { facts, server, chain, sandbox } = room
  const { report } = sandbox.confinement
  const evidence: Record<string, unknown> = {
    sandboxVersion: server.version,
    confinement: report,
    ...(report.grade === 'none' ? { acceptedUnconfined: true } : {}),
    ...tellPlan(recovery.plan),
    ...(chain.length > 1 ? { chain: chain.map(({ manifest }) => manifest.backupId) } : {}),
    ...(facts.damagedPages.length > 0 ? { damagedPages: facts.damagedPages.length } : {}),
    steps,
  }
  try {
    const proof = await test({ ...input, ...room, recovery, evidence, timed }, run)
    return legibly(proof)
  } catch (error) {
    run.signal.throwIfAborted()
    throw sandbox.filled() ?? error
  } finally {
    run.progress({ phase: 'removing the sandbox', doneBytes: 0 })
    await timed('stopMs', () => sandbox.stop())
  }
}

interface Test extends Omit<ProveInput, 'sandbox'>, RecoverySandbox {
  recovery: NonNullable<ProveInput['recovery']>
  evidence: Record<string, unknown>
  timed: Timed
}

async function test(input: Test, run: RunContext): Promise<Proof> {
  const { recovery, facts, server, chain, sandbox, evidence, timed } = input
  const { plan } = recovery
  const started = performance.now()
  const elapsed = () => Math.round(performance.now() - started)
  const checks: Check[] = []
  const ends = (name: string, error: unknown): Proof => {
    if (error instanceof HoldfastError && Object.keys(error.facts).length > 0) evidence.failure = error.facts
    checks.push({ name, verdict: 'failed', detail: tellError(error) })
    return { checks, evidence, restoreDurationMs: elapsed() }
  }
  const { folder, data } = await makePlaces(sandbox)
  const replaying = { sandbox, folder, ...recovery, facts: recoveryFacts(facts) }
  const handOver = await fetchAhead(replaying, run)
  try {
    const unpacked = await timed('unpackMs', () =>
      unpackChain(
        {
          ...{ chain, confinement: sandbox.confinement, server, folder, directory: data },
          tablespaceFolder: (oid) => join(folder, 'tablespaces', oid),
        },
        run,
      ),
    )
    evidence.baseBytes = unpacked.bytes
    checks.push(filesAsListed(unpacked, facts))
  } catch (error) {
    run.signal.throwIfAborted()
    const filled = sandbox.filled()
    if (filled) throw filled
    if (isDamage(error)) return ends('files-as-listed', error)
    throw error instanceof HoldfastError && error.code === 'target-full' ? full(error) : error
  }
  let recovered: RecoveredServer
  try {
    recovered = await timed('replayMs', () => recover({ ...replaying, server, data, handOver, use: 'promote' }, run))
  } catch (error) {
    run.signal.throwIfAborted()
    const filled = sandbox.filled()
    if (filled) throw filled
    if (isOfMachine(error)) throw lacking(error)
    if (isDamage(error) || (error instanceof HoldfastError && error.code === 'recovery-failed'))
      return ends('target-reached', error)
    // It recovered, and lets nobody in.
    if (error instanceof HoldfastError && isServerDamage(error.cause)) return ends('databases-open', error)
    throw error
  }
  const restoreDurationMs = elapsed()
  evidence.reached = tellReached(recovered.reached)
  evidence.logBytes = Number(recovered.reached.position - plan.path[0].from)
  if (recovered.leftOut.length > 0) evidence.librariesLeftOut = recovered.leftOut
  checks.push(targetReached(plan, recovered.reached))
  const level = input.level
  await timed('checkMs', async () => {
    const expectations = expectationsOf(input.expectations)
    const found = await checkRecovered({ recovered, facts, level, expectations, evidence }, run)
    checks.push(...found.map((check) => ofSource(check, facts)))
  })
  // What was known to be damaged must not be called proven for want of looking at it.
  if (level === 'comprehensive' || facts.damagedPages.length > 0)
    checks.push(
      await timed('checksumsMs', async () => {
        run.progress({ phase: 'checking page checksums', doneBytes: 0 })
        if (recovered.crash() !== null)
          return { name: 'page-checksums', verdict: 'inconclusive', detail: 'The server crashed before.' }
        await recovered.stop()
        const { confinement } = sandbox
        return checkPageChecksums({ server, confinement, data, folder, damagedPages: facts.damagedPages }, run)
      }),
    )
  return { checks, evidence, restoreDurationMs }
}

function filesAsListed({ files, bytes }: { files: number; bytes: number }, { damagedPages }: BaseFacts): Check {
  const about = { name: 'files-as-listed', verdict: 'passed' as const, expected: files, actual: files }
  const known =
    damagedPages.length === 0
      ? ''
      : `. The server reported ${damagedPages.length} page(s) with a wrong checksum while it was backed up: the backup is as the source was`
  return { ...about, detail: `${bytes} bytes, each file with the checksum that the server gave it${known}` }
}

/** Where every file is as the server sent it, what is wrong in them was wrong there. */
const aboutFiles = new Set([
  'databases-open',
  'catalogs-readable',
  'relations-present',
  'rows-readable',
  'indexes-sound',
  'heap-sound',
])

function ofSource(check: Check, { damagedPages }: BaseFacts): Check {
  if (check.verdict !== 'failed' || !aboutFiles.has(check.name)) return check
  const known = [...new Set(damagedPages.map(({ file }) => file))].filter((file) => check.detail?.includes(file))
  const say =
    known.length > 0
      ? `Pages of ${known.join(', ')} were damaged on the source's server already when it was backed up: the backup is as the source was.`
      : 'Every file of the backup is as the server sent it, so look for the same in the source now.'
  return { ...check, detail: `${check.detail ?? ''}. ${say}` }
}

function tellPlan({ base, timeline, reaches }: RecoveryPlan): Record<string, unknown> {
  const { as, because } = reaches
  return {
    plan: {
      ...{ baseBackupId: base.backupId, timeline, as, ...tellReached({ timeline, ...reaches }) },
      ...(because === undefined ? {} : { because }),
    },
  }
}

function tellError(error: unknown): string {
  return error instanceof HoldfastError ? [error.message, error.remedy].filter(Boolean).join(' ') : String(error)
}

/** Names of no known encoding become letters only here, where nothing looks for anything by them any more. */
function legibly({ checks, evidence, restoreDurationMs }: Proof): Proof {
  const tell = (check: Check) => (check.detail === undefined ? check : { ...check, detail: legible(check.detail) })
  return { checks: checks.map(tell), evidence, restoreDurationMs }
}

/** What a server says that ends for want of something of this machine. */
const ofMachine =
  /Cannot allocate memory|No space left on device|could not (?:create|map|attach|resize) .*shared memory|could not fork|Too many open files|Disk quota exceeded|could not load library|could not access file "\$libdir/

function isOfMachine(error: unknown): error is HoldfastError {
  return (
    error instanceof HoldfastError && error.code === 'recovery-failed' && ofMachine.test(String(error.facts.log ?? ''))
  )
}

const lacking = (error: HoldfastError) =>
  new HoldfastError('sandbox-unavailable', `This machine lacks what the recovery needs. ${error.message}`, {
    remedy: 'Look at the memory and the disk of this machine, and test again.',
    facts: error.facts,
    cause: error,
  })

const full = (cause: HoldfastError) =>
  new HoldfastError('sandbox-full', 'The disk of this machine is full: the base backup does not fit on it.', {
    remedy: 'Make room, or move the data folder of Holdfast to a larger disk.',
    facts: cause.facts,
    cause,
  })

const logNeeded = () =>
  new HoldfastError(
    'continuous-off',
    'A base backup becomes a server only with the log that was written while it was taken, and no log was given.',
    { remedy: 'Switch continuous protection on for the source, and test a point in the windows of its log.' },
  )
