import type { Readable } from 'node:stream'
import type { Failure } from '@/lib/contracts/common'
import { toFailure } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import type { PutOptions, Storage, StoredObject } from '@/lib/ports/storage'

/** One destination of a backup that is being taken. Once it failed or was detached nothing more is written there. */
export class DestinationRun {
  private readonly stop = new AbortController()
  private readonly writing = new Set<Promise<unknown>>()
  private failed: { error: unknown } | null = null
  private late: Failure | null = null

  constructor(
    readonly id: string,
    readonly name: string,
    readonly storage: Storage,
    /** Never detached, however slow it is. */
    readonly alwaysWait: boolean,
  ) {}

  /** Why its copy failed; null while it did not. */
  get error(): unknown {
    return this.failed?.error ?? null
  }

  /** Why it was detached: its copy is made afterwards, from another one. */
  get behind(): Failure | null {
    return this.late
  }

  get isLive(): boolean {
    return this.failed === null && this.late === null
  }

  /** Aborted when it is left: what is being sent there ends, and nobody waits for it. */
  get leave(): AbortSignal {
    return this.stop.signal
  }

  put(key: string, body: Readable, options: PutOptions, run: RunContext): Promise<StoredObject> {
    const signal = AbortSignal.any([run.signal, this.stop.signal])
    const put = this.storage.put(key, body, options, { ...run, signal })
    const settled = put.then(
      () => void this.writing.delete(settled),
      () => void this.writing.delete(settled),
    )
    this.writing.add(settled)
    return put
  }

  /** False when it was left before: of several parts the first failure says most. */
  fail(error: unknown): boolean {
    if (!this.isLive) return false
    this.failed = { error: error ?? new Error('The destination stopped without saying why.') }
    this.stop.abort(this.failed.error)
    return true
  }

  detach(reason: Failure): void {
    if (!this.isLive) return
    this.late = reason
    this.stop.abort(new Error(reason.message))
  }

  /** Resolves when nothing is being written there any more, and what was begun and given up has been taken back. */
  async idle(): Promise<void> {
    await Promise.all(this.writing)
  }
}

/** Leaves out what failed; the others go on. */
export function dropDestination(run: RunContext, destination: DestinationRun, error: unknown): void {
  if (!destination.fail(error)) return
  run.logger.warn(`the copy in ${destination.name} failed`, { ...toFailure(destination.error) })
}

/** When no destination is left, the first error is the backup's. One that was detached cannot be brought back. */
export function assertAlive(destinations: readonly DestinationRun[]): void {
  if (destinations.some(({ isLive }) => isLive)) return
  throw destinations.find(({ error }) => error !== null)?.error
}
