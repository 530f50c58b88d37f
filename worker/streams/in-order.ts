/** What segments that are being stored may have in bytes, together; one alone may be larger. */
const mostBytes = 64 * 1024 * 1024

/**
 * Work that is prepared side by side and finished in its order: nothing is finished before all that came earlier is. After a failure
 * nothing is finished any more, and every call rejects with it.
 */
export class InOrder {
  private last: Promise<void> = Promise.resolve()
  private readonly running: { bytes: number; prepared: Promise<unknown>; done: Promise<void> }[] = []
  private failed: { error: unknown } | null = null

  /** Resolves once there is room for it, and it was begun. */
  async begin<T>(bytes: number, prepare: () => Promise<T>, finish: (prepared: T) => Promise<void>): Promise<void> {
    this.check()
    while (this.running.length > 0 && this.bytes + bytes > mostBytes) await this.running[0]?.done
    const before = this.last
    const prepared = prepare()
    // What failed earlier is told first.
    prepared.catch(() => undefined)
    const done = before.then(async () => finish(await prepared))
    const entry = { bytes, prepared, done }
    this.running.push(entry)
    this.last = done
    done.then(
      () => this.running.splice(this.running.indexOf(entry), 1),
      (error: unknown) => (this.failed ??= { error }),
    )
  }

  /** Throws what failed. */
  check(): void {
    if (this.failed) throw this.failed.error
  }

  /** Resolves when all that was begun is finished. */
  drained(): Promise<void> {
    return this.last
  }

  /** Resolves when nothing runs any more, also of what comes after a failure. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.running.flatMap(({ prepared, done }) => [prepared, done]))
  }

  private get bytes(): number {
    return this.running.reduce((sum, { bytes }) => sum + bytes, 0)
  }
}
