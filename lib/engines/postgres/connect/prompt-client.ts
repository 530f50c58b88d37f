import { setTimeout as delay } from 'node:timers/promises'
import { Client, type ClientConfig } from 'pg'
import { sendUnreadBytes } from './send-unread-bytes'
import { limitMessages } from './limit-messages'

/** How long a server may take to say goodbye. */
const goodbyeMs = 3_000

/**
 * A client whose `end` always ends: the driver waits for the server to close the connection, and one behind a network
 * that has gone silent never does. After three seconds the socket is closed from our side. What the server sends passes
 * a limit (limit-messages.ts), since a server may be anybody's.
 */
export class PromptClient extends Client {
  /** `copyBytes`: the longest message of a COPY that is taken; absent: any. */
  constructor(config: ClientConfig, copyBytes?: number) {
    super(config)
    limitMessages(this.connection, copyBytes)
    sendUnreadBytes(this.connection)
  }

  override end(): Promise<void>
  override end(callback: (error: Error) => void): void
  override end(callback?: (error: Error) => void): Promise<void> | void {
    if (callback) return super.end(callback)
    return this.endPromptly()
  }

  private async endPromptly(): Promise<void> {
    const patience = new AbortController()
    delay(goodbyeMs, undefined, { signal: patience.signal }).then(
      () => this.connection.stream.destroy(),
      () => undefined,
    )
    try {
      await super.end()
    } finally {
      patience.abort()
    }
  }
}
