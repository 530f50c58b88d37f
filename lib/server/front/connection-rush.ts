import type { Server } from 'node:net'
import { setImmediate } from 'node:timers/promises'

/**
 * The event loop accepts only one connection per turn, so when many arrive together, the last one waits as many turns as
 * there are connections ahead of it. Turns are short as long as no work is done in them. That is why work does not start
 * until every connection that was waiting has been accepted.
 */
export class ConnectionRush {
  #accepted = 0

  constructor(
    server: Server,
    private readonly patienceMs: number,
  ) {
    server.on('connection', () => (this.#accepted += 1))
  }

  /** Resolves after a turn that accepted no connection, or once patience has run out. */
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
