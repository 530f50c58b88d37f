function isConsequence(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? error.code : undefined
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'EPIPE' || code === 'ABORT_ERR'
}

/**
 * Watches things that run together and remembers which failed first. The first failure aborts `signal`, which stops the
 * rest; what the rest then says (a closed pipe, an abort) is a consequence and never reported as the cause.
 */
export class FirstFailure {
  private readonly stopped = new Error('stopped because nobody takes the data any more')
  private readonly controller = new AbortController()
  private readonly watched: Promise<void>[] = []
  private strong: { error: unknown } | null = null
  private weak: { error: unknown } | null = null

  get signal(): AbortSignal {
    return this.controller.signal
  }

  /** What failed first; undefined while nothing has. */
  get cause(): unknown {
    return (this.strong ?? this.weak)?.error
  }

  watch(promise: Promise<void>): void {
    this.watched.push(promise.catch((error: unknown) => this.note(error)))
  }

  /** Stops what still runs without blaming it. */
  stop(): void {
    this.controller.abort(this.stopped)
  }

  /** Resolves when everything watched has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.watched)
  }

  private note(error: unknown): void {
    if (error === this.stopped || isConsequence(error)) {
      this.weak ??= { error }
      return
    }
    this.strong ??= { error }
    this.controller.abort(error)
  }
}
