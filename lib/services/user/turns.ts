/** Lets a bounded number run at once; the others wait in their order, and beyond a bound are not taken. */
export class Turns {
  #running = 0
  readonly #waiting: (() => void)[] = []

  constructor(private readonly limits: { atOnce: number; waiting: number }) {}

  /** What `run` answered; null when too many wait already. */
  async take<T>(run: () => Promise<T>): Promise<{ value: T } | null> {
    if (this.#running >= this.limits.atOnce) {
      if (this.#waiting.length >= this.limits.waiting) return null
      // A finished run passes its place to the next waiting one, so that a newcomer cannot take it first.
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else this.#running += 1
    try {
      return { value: await run() }
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running -= 1
    }
  }
}
