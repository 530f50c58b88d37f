import { setTimeout as sleep } from 'node:timers/promises'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import { putOrReplace } from './put-or-replace'

/** How long an object that one destination has confirmed is waited for at the others. */
const graceMs = 5_000
const firstPauseMs = 5_000
const longestPauseMs = 60_000

interface LogDestination {
  id: string
  name: string
  storage: Storage
  /** Failures in a row, and until when it is left alone after the last of them. */
  failures: number
  pausedUntil: number
  /** Keys of periods that are known to lie there. */
  keys: Set<string>
}

/** A small object to be stored. */
export interface SmallObject {
  key: string
  bytes: Buffer
  /** Objects that have to lie there before this one counts. */
  needs: readonly { key: string; bytes: Buffer }[]
  /** One that lies there already is the same, however it was encrypted. */
  staysAsItIs?: boolean
}

/**
 * The destinations of a source's log. An object counts once one of them has confirmed it. One that fails or is slow is left out for a
 * while; what it lacks is brought to it afterwards.
 */
export class LogDestinations {
  private readonly all: LogDestination[]

  constructor(
    opened: { id: string; name: string; storage: Storage }[],
    private readonly run: RunContext,
    /** Throws when this follower may not replace what it finds: another one has the stream by now. */
    private readonly assertHeld: () => Promise<void>,
  ) {
    this.all = opened.map((each) => ({ ...each, failures: 0, pausedUntil: 0, keys: new Set() }))
  }

  get ids(): string[] {
    return this.all.map(({ id }) => id)
  }

  storageOf(id: string): Storage {
    return this.find(id).storage
  }

  nameOf(id: string): string {
    return this.find(id).name
  }

  /** Those that are not left out at the moment. */
  get reachable(): string[] {
    return this.all.filter(({ pausedUntil }) => pausedUntil <= performance.now()).map(({ id }) => id)
  }

  get reachableStores(): Pick<LogDestination, 'id' | 'name' | 'storage'>[] {
    return this.all.filter(({ id }) => this.reachable.includes(id))
  }

  /** Ids of those that have confirmed it; at least one. Rejects with the first one's error when none has. */
  async put(object: SmallObject): Promise<string[]> {
    const tried = this.all.filter(({ pausedUntil }) => pausedUntil <= performance.now())
    // When all are left out there is nothing to lose by trying.
    const targets = tried.length > 0 ? tried : this.all
    const confirmed: string[] = []
    const late = new AbortController()
    const signal = AbortSignal.any([this.run.signal, late.signal])
    const puts = targets.map(async (target) => {
      try {
        await this.putTo(target, object, { ...this.run, signal })
        target.failures = 0
        confirmed.push(target.id)
      } catch (error) {
        this.run.signal.throwIfAborted()
        this.leaveOut(target, error)
        throw error
      }
    })
    await Promise.any(puts).catch((error: unknown) => {
      this.run.signal.throwIfAborted()
      throw error instanceof AggregateError ? error.errors[0] : error
    })
    const stop = new AbortController()
    const timer = sleep(graceMs, null, { signal: stop.signal }).then(
      () => late.abort(new HoldfastError('storage-unreachable', `It took longer than ${graceMs / 1_000} s.`)),
      () => undefined,
    )
    await Promise.allSettled(puts)
    stop.abort()
    await timer
    return confirmed
  }

  /** Puts an object where it is missing; one that lies there already, of the same size, is taken for the same. */
  async putTo(target: LogDestination, { needs, ...object }: SmallObject, run: RunContext): Promise<void> {
    for (const needed of needs) {
      if (target.keys.has(needed.key)) continue
      await this.putSmall(target.storage, needed, run)
      target.keys.add(needed.key)
    }
    await this.putSmall(target.storage, object, run)
  }

  putToOne(id: string, object: SmallObject): Promise<void> {
    return this.putTo(this.find(id), object, this.run)
  }

  private find(id: string): LogDestination {
    const found = this.all.find((each) => each.id === id)
    if (!found) throw new Error(`There is no destination ${id} of this log.`)
    return found
  }

  async remove(keys: string[]): Promise<void> {
    await Promise.all(
      this.all.map(async ({ storage, name }) => {
        try {
          await storage.delete(keys, this.run)
        } catch (error) {
          this.run.logger.warn(`slices in ${name} could not be removed`, { ...toFailure(error) })
        }
      }),
    )
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map(({ storage }) => storage.close().catch(() => undefined)))
  }

  private leaveOut(target: LogDestination, error: unknown): void {
    const pauseMs = Math.min(firstPauseMs * 2 ** target.failures, longestPauseMs)
    target.failures += 1
    target.pausedUntil = performance.now() + pauseMs
    this.run.logger.warn(`log could not be stored in ${target.name}`, { ...toFailure(error) })
  }

  /**
   * Creates an object. Under the lease of the stream, one that lies there was left by an attempt that ended before it could be
   * recorded: with the same bytes it is the object, otherwise it was encrypted for that attempt and is replaced.
   */
  private putSmall(storage: Storage, object: Omit<SmallObject, 'needs'>, run: RunContext): Promise<void> {
    return putOrReplace(storage, { ...object, before: () => this.assertHeld() }, run)
  }
}
