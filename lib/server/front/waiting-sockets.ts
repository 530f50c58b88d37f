import type { Socket } from 'node:net'

/**
 * Connections that have not sent a whole request: new ones, slow ones, and those kept alive between requests. They cost a
 * file descriptor each, so beyond a limit the oldest of them are ended: who opens connections and says nothing loses
 * them, and a request that arrives at once never waits for one of theirs.
 */
export class WaitingSockets {
  /** In the order in which they began to wait. */
  readonly #sockets = new Set<Socket>()

  constructor(private readonly limit: number) {}

  add(socket: Socket): void {
    if (socket.destroyed) return
    this.#sockets.delete(socket)
    this.#sockets.add(socket)
    if (this.#sockets.size <= this.limit) return
    const [oldest] = this.#sockets
    if (!oldest) return
    this.#sockets.delete(oldest)
    oldest.destroy()
  }

  /** Its request is here, or it is closed. */
  remove(socket: Socket): void {
    this.#sockets.delete(socket)
  }
}
