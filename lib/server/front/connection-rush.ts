import type { Server } from 'node:net'
import { setImmediate } from 'node:timers/promises'

/**
 * The event loop accepts one connection in each turn. While many arrive at once, whoever comes last would wait for as many
 * turns, each as long as the work that is done in it; so work begins after those who are waiting at the door are in.
 */
export class ConnectionRush {
  #accepted = 0

  constructor(
    server: Server,
    private readonly patienceMs: number,
  ) {
    server.on('connection', () => (this.#accepted += 1))
  }

  /** Resolves after a turn in which nobody came in, or when that took too long. */
  async over(): Promise<void> {
    const until = performance.now() + this.patienceMs
    let accepted
    do {
      accepted = this.#accepted
      await setImmediate()
      await setImmediate()
    } while (accepted !== this.#accepted && performance.now() < until)
  }
}
