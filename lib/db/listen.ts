import { Client } from 'pg'
import type { Logger } from '../ports/run-context'

/** Between two attempts to connect. */
const reconnectMs = 2_000

/**
 * Calls `onNotice` for every NOTIFY on the channel, over a connection of its own that is reopened when it breaks. Notices
 * sent in between are lost, so the caller must also poll. Returns before the first connection is established.
 */
export function listen(
  input: { url: string; channel: string; logger: Logger },
  onNotice: () => void,
): { close(): Promise<void> } {
  let client: Client | null = null
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const connect = async () => {
    const own = new Client({ connectionString: input.url, application_name: 'holdfast-queue', keepAlive: true })
    client = own
    let broken = false
    const reconnect = (error?: Error) => {
      if (broken || closed) return
      broken = true
      input.logger.warn('the connection that listens for new jobs broke; it is opened again', { error: error?.message })
      own.end().catch(() => undefined)
      timer = setTimeout(() => void connect(), reconnectMs)
    }
    own.on('error', reconnect)
    own.on('end', () => reconnect())
    own.on('notification', onNotice)
    try {
      await own.connect()
      await own.query(`LISTEN ${own.escapeIdentifier(input.channel)}`)
      onNotice()
    } catch (error) {
      reconnect(error instanceof Error ? error : new Error(String(error)))
    }
  }
  void connect()
  return {
    async close() {
      closed = true
      clearTimeout(timer)
      await client?.end().catch(() => undefined)
    },
  }
}
