import type { Check } from '@/lib/contracts/backup'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Proof, ProveInput } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import { damagedStored } from '@/lib/engines/postgres/logical/archive/archive-error'
import { legible } from '@/lib/engines/postgres/connect/unread-bytes'
import { clientFindings } from '@/lib/engines/postgres/inspect/client-findings'
import { connect } from '@/lib/engines/postgres/connect/connect'
import { checkRestored } from './check-restored'
import type { Installation } from '@/lib/engines/postgres/connect/find-client'
import { findRestoreClient } from '@/lib/engines/postgres/logical/restore/find-restore-client'
import { manifestFacts } from '@/lib/engines/postgres/logical/archive/manifest-facts'
import { isDamage } from './is-damage'
import { restoreIntoSandbox, sandboxDatabase } from './restore-into-sandbox'
import { preloadSettings } from './preload'
import { requireExtensions } from './prepare'
import { startSandbox } from '@/lib/engines/postgres/sandbox/start'
import { expectationsOf } from './expectations'

/** Twice would be safe for any table; most of what an archive grows by is indexes. */
const spaceFactor = 1.5
const spaceFloorBytes = 200 * 1024 * 1024

/**
 * The restore test. The sandbox is removed whatever happens. Damage and differences are failed checks; what is missing
 * on this machine is thrown, because it says nothing about the backup.
 */
export async function prove(input: ProveInput, run: RunContext): Promise<Proof> {
  const facts = manifestFacts(input.manifest)
  const client = await findRestoreClient(facts.toolMajor, input.manifest.tool?.version ?? '', facts.serverMajor)
  const steps: Record<string, number> = {}
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const started = performance.now()
    try {
      return await work()
    } finally {
      steps[name] = Math.round(performance.now() - started)
    }
  }
  run.progress({ phase: 'starting the sandbox', doneBytes: 0, totalBytes: facts.archiveBytes })
  const sandbox = await timed('startMs', () =>
    startSandbox(
      {
        ...input.sandbox,
        serverMajor: facts.serverMajor,
        needBytes: Math.max(facts.archiveBytes, facts.databaseBytes) * spaceFactor + spaceFloorBytes,
        relationCount: facts.relationCount,
        preload: (server) => preloadSettings(server, facts, sandboxDatabase),
        programs: [client.folder],
      },
      run,
    ),
  )
  const evidence: Record<string, unknown> = {
    sandboxVersion: sandbox.version,
    clientVersion: client.version,
    confinement: sandbox.confinement.report,
    ...(sandbox.confinement.report.grade === 'none' ? { acceptedUnconfined: true } : {}),
    ...clientWarnings(client),
    archiveBytes: facts.archiveBytes,
    steps,
  }
  const started = performance.now()
  const elapsed = () => Math.round(performance.now() - started)
  const failed = (name: string, error: unknown): Proof => {
    const detail =
      error instanceof HoldfastError ? [error.message, error.remedy].filter(Boolean).join(' ') : String(error)
    if (error instanceof HoldfastError && Object.keys(error.facts).length > 0) evidence.failure = error.facts
    return legibly({
      checks: [...passedBefore(name), { name, verdict: 'failed', detail }],
      evidence,
      restoreDurationMs: elapsed(),
    })
  }
  try {
    const admin = await connect(sandbox.source, run.signal)
    try {
      await requireExtensions(admin, facts)
      const restored = await timed('restoreMs', () =>
        restoreIntoSandbox({ ...input, facts, client, sandbox, admin }, run),
      )
      const restoreDurationMs = elapsed()
      evidence.warnings = restored.warnings
      const checks = await timed('checkMs', () =>
        checkRestored(
          {
            restored,
            sandbox,
            client,
            facts,
            level: input.level,
            evidence,
            expectations: expectationsOf(input.expectations),
          },
          run,
        ),
      )
      return legibly({ checks: [...passedBefore('object-inventory'), ...checks], evidence, restoreDurationMs })
    } finally {
      await admin.end().catch(() => undefined)
    }
  } catch (error) {
    run.signal.throwIfAborted()
    const filled = sandbox.filled()
    if (filled) throw filled
    if (error instanceof HoldfastError && error.code === 'restore-failed')
      return failed('restores-without-errors', error)
    if (isDamage(error)) return failed('archive-readable', damagedStored(error))
    throw error
  } finally {
    run.progress({ phase: 'removing the sandbox', doneBytes: facts.archiveBytes, totalBytes: facts.archiveBytes })
    await timed('stopMs', () => sandbox.stop())
  }
}

/** Names of no known encoding become letters only here, where nothing looks for anything by them any more. */
function legibly({ checks, evidence, restoreDurationMs }: Proof): Proof {
  const tell = (check: Check) => (check.detail === undefined ? check : { ...check, detail: legible(check.detail) })
  return { checks: checks.map(tell), evidence: inLetters(evidence), restoreDurationMs }
}

function inLetters(evidence: Record<string, unknown>): Record<string, unknown> {
  const told: unknown = JSON.parse(legible(JSON.stringify(evidence)))
  return typeof told === 'object' && told !== null ? { ...told } : {}
}

/** Known holes of the program that read the backup belong to what is testified. */
function clientWarnings(client: Installation): { clientWarnings?: string[] } {
  const found = clientFindings([client]).map(({ message }) => message)
  return found.length > 0 ? { clientWarnings: found } : {}
}

const order = ['archive-readable', 'restores-without-errors', 'object-inventory']

/** Checks that must have passed for this one to have been made. */
function passedBefore(name: string): Check[] {
  return order.slice(0, order.indexOf(name)).map((before) => ({ name: before, verdict: 'passed' }))
}
