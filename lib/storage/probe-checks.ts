import type { ProbeCheck, ProbeReport } from '@/lib/contracts/destination'
import { toFailure } from '@/lib/core/holdfast-error'
import { tellFailure } from '@/lib/core/tell-failure'
import type { RunContext } from '@/lib/ports/run-context'

type Outcome = Pick<ProbeCheck, 'result' | 'detail'>

const essential: ReadonlySet<ProbeCheck['name']> = new Set(['write', 'read', 'list', 'delete'])

/** Collects what a probe tried. The first error of an essential check is the report's error. */
export class ProbeChecks {
  readonly #checks: ProbeCheck[] = []
  #error: unknown
  #space: ProbeReport['space']

  constructor(private readonly run: RunContext) {}

  /** Runs one check; an error is its outcome, except an abort. Answers whether it may be built upon. */
  async try(name: ProbeCheck['name'], check: () => Promise<Outcome>): Promise<boolean> {
    let outcome: Outcome
    try {
      outcome = await check()
    } catch (error) {
      this.run.signal.throwIfAborted()
      if (essential.has(name)) this.#error ??= error
      outcome = { result: 'failed', detail: tellFailure(toFailure(error)) }
    }
    this.#checks.push({ name, ...outcome })
    return outcome.result === 'ok'
  }

  /** What the store says it holds. */
  space(space: { totalBytes: number; freeBytes: number }): void {
    this.#space = space
  }

  report(durationMs: number): ProbeReport {
    const passed = (name: ProbeCheck['name']) => this.#checks.some((c) => c.name === name && c.result === 'ok')
    const ok = [...essential].every(passed)
    return {
      ok,
      ...(ok || this.#error === undefined ? {} : { error: toFailure(this.#error) }),
      checks: this.#checks,
      ...(this.#space ? { space: this.#space } : {}),
      durationMs,
    }
  }
}
