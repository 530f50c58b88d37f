import { HoldfastError } from '@/lib/core/holdfast-error'

export interface LaneLimits {
  /** Requests that are worked on at the same time. */
  atOnce: number
  /** The same, of one client. */
  atOncePerClient: number
  /** Requests that wait for their turn, and of one client. */
  waiting: number
  waitingPerClient: number
}

interface Waiter {
  start(release: () => void): void
}

/**
 * A queue before one kind of work. Clients take turns, however many requests each has waiting: a client that sends
 * thousands only delays itself. When the queue is full, a request is refused (`too-busy`).
 */
export class FairLane {
  #running = 0
  #waiting = 0
  readonly #runningOf = new Map<string, number>()
  /** In the order of their turns: who was just served goes to the end. */
  readonly #queues = new Map<string, Waiter[]>()

  constructor(private readonly limits: LaneLimits) {}

  /** Resolves when it is the client's turn, with what gives the place back; rejects when `signal` aborts before. */
  enter(client: string, signal: AbortSignal): Promise<() => void> {
    if (this.#mayStart(client)) return Promise.resolve(this.#take(client))
    const queue = this.#queues.get(client) ?? []
    if (this.#waiting >= this.limits.waiting || queue.length >= this.limits.waitingPerClient) {
      return Promise.reject(tooBusy())
    }
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { start: resolve }
      queue.push(waiter)
      this.#queues.set(client, queue)
      this.#waiting += 1
      signal.addEventListener(
        'abort',
        () => {
          const at = queue.indexOf(waiter)
          if (at < 0) return
          queue.splice(at, 1)
          this.#waiting -= 1
          if (queue.length === 0) this.#queues.delete(client)
          reject(new Error('the client left'))
        },
        { once: true },
      )
    })
  }

  #mayStart(client: string): boolean {
    return this.#running < this.limits.atOnce && (this.#runningOf.get(client) ?? 0) < this.limits.atOncePerClient
  }

  #take(client: string): () => void {
    this.#running += 1
    this.#runningOf.set(client, (this.#runningOf.get(client) ?? 0) + 1)
    let taken = true
    return () => {
      if (!taken) return
      taken = false
      this.#running -= 1
      const left = (this.#runningOf.get(client) ?? 1) - 1
      if (left === 0) this.#runningOf.delete(client)
      else this.#runningOf.set(client, left)
      this.#startNext()
    }
  }

  #startNext(): void {
    for (const [client, queue] of this.#queues) {
      if (!this.#mayStart(client)) continue
      const next = queue.shift()
      this.#queues.delete(client)
      if (queue.length > 0) this.#queues.set(client, queue)
      if (!next) continue
      this.#waiting -= 1
      next.start(this.#take(client))
      return
    }
  }
}

export function tooBusy(retryAfterMs = 2_000): HoldfastError {
  return new HoldfastError('too-busy', 'Too many requests are waiting for an answer.', {
    remedy: 'Try again in a few seconds.',
    transient: true,
    facts: { retryAfterMs },
  })
}
