import type { Client } from 'pg'
import { formatLsn, type Lsn, parseLsn } from '@/lib/core/log/lsn'
import { copyConnection } from '@/lib/engines/postgres/replication/copy-both'

/** Bytes of log that wait to be taken; above this the server's stream is held back. */
const mostWaitingBytes = 2 * 1024 * 1024
/** More often than half of `senderTimeoutMs`. */
const statusEveryMs = 5_000
/** A server that hears nothing for so long lets the slot go: the next worker must not wait for a host that is gone. */
export const senderTimeoutMs = 15_000
const headerBytes = 25
/** What the report of an end takes in memory, roughly. */
const endCost = 256
const epochMs = Date.UTC(2000, 0, 1)

/** What a walsender says. */
export type ReplicationMessage =
  | { type: 'log'; lsn: Lsn; bytes: Buffer }
  /**
   * The server's log ends here, at this moment of its clock. `isAwaited`: it asks how far the log is stored. Since it is told every few
   * seconds, it does so when it is being shut down: it then waits until all of it is.
   */
  | { type: 'end'; lsn: Lsn; at: Date; isAwaited: boolean }

/** The timeline that was asked for is over: what comes next, as the server says it. */
export interface NextTimeline {
  timeline: number
  lsn: Lsn
}

/**
 * A running `START_REPLICATION`: gives the log, and reports what is stored. The server keeps everything behind what was confirmed
 * last (PostgreSQL, "Streaming Replication Protocol").
 */
export class ReplicationStream {
  private readonly waiting: ReplicationMessage[] = []
  private waitingBytes = 0
  private wake: (() => void) | null = null
  private over: { error: unknown } | { next: NextTimeline | null } | null = null
  private received: Lsn
  private flushed: Lsn = 0n
  private timer: NodeJS.Timeout | undefined
  /** Newest position of the server. */
  serverLsn: Lsn

  constructor(
    private readonly client: Client,
    from: Lsn,
  ) {
    this.received = from
    this.serverLsn = from
  }

  /** Resolves when the server streams. Rejects with its error. */
  async start(command: string): Promise<void> {
    const { connection } = this.client
    const started = new Promise<void>((resolve) => connection.once('replicationStart', resolve))
    connection.on('copyData', ({ chunk }: { chunk: Buffer }) => this.take(chunk))
    // The server ends the stream where the timeline ends; it is answered in kind.
    connection.on('copyDone', () => copyConnection(this.client).endCopyFrom())
    const ended = this.client
      .query<{ next_tli: string | number; next_tli_startpos: string }>(command)
      .then((answer) => {
        // The server completes the command twice, and the driver answers one result for each.
        const next = [answer].flat().flatMap(({ rows }) => rows)[0]
        this.end({ next: next ? { timeline: Number(next.next_tli), lsn: parseLsn(next.next_tli_startpos) } : null })
      })
      .catch((error: unknown) => {
        this.end({ error })
        throw error
      })
    this.client.once('end', () => this.end({ error: new Error('The connection ended.') }))
    this.client.once('error', (error) => this.end({ error }))
    await Promise.race([started, ended])
    ended.catch(() => undefined)
    this.timer = setInterval(() => this.sendStatus(), statusEveryMs)
  }

  /** Everything before this is stored. */
  confirm(lsn: Lsn): void {
    if (lsn <= this.flushed) return
    this.flushed = lsn
    this.sendStatus()
  }

  /** The next messages, as many as there are; null when the timeline is over. Rejects when the stream broke. */
  async next(): Promise<ReplicationMessage[] | null> {
    for (;;) {
      if (this.waiting.length > 0) {
        const messages = this.waiting.splice(0)
        this.waitingBytes = 0
        this.client.connection.stream.resume()
        return messages
      }
      if (this.over) {
        if ('error' in this.over) throw this.over.error
        return null
      }
      await new Promise<void>((resolve) => (this.wake = resolve))
    }
  }

  /** After `next` has answered null. */
  get nextTimeline(): NextTimeline | null {
    return this.over && 'next' in this.over ? this.over.next : null
  }

  stop(): void {
    clearInterval(this.timer)
    this.end({ error: new Error('The stream was closed.') })
  }

  private take(chunk: Buffer): void {
    const kind = String.fromCharCode(chunk[0] ?? 0)
    if (kind === 'w') {
      const lsn = chunk.readBigUInt64BE(1)
      // The driver uses its buffer again.
      const bytes = Buffer.from(chunk.subarray(headerBytes))
      this.received = lsn + BigInt(bytes.length)
      this.noteServer(chunk.readBigUInt64BE(9))
      this.noteServer(this.received)
      this.push({ type: 'log', lsn, bytes }, bytes.length)
    } else if (kind === 'k') {
      const lsn = chunk.readBigUInt64BE(1)
      this.noteServer(lsn)
      const at = new Date(epochMs + Number(chunk.readBigInt64BE(9) / 1_000n))
      const isAwaited = chunk[17] === 1
      // A server that says nothing else is held back as well.
      this.push({ type: 'end', lsn, at, isAwaited }, endCost)
      if (isAwaited) this.sendStatus()
    }
  }

  private push(message: ReplicationMessage, bytes: number): void {
    this.waiting.push(message)
    this.waitingBytes += bytes
    if (this.waitingBytes > mostWaitingBytes) this.client.connection.stream.pause()
    this.signal()
  }

  private noteServer(lsn: Lsn): void {
    if (lsn > this.serverLsn) this.serverLsn = lsn
  }

  private end(how: NonNullable<typeof this.over>): void {
    clearInterval(this.timer)
    this.over ??= how
    this.signal()
  }

  private signal(): void {
    this.wake?.()
    this.wake = null
  }

  /** `written` is what we have, `flushed` what is stored: the slot follows the latter. A reply is asked for, to know where the server is. */
  private sendStatus(): void {
    if (this.over) return
    const message = Buffer.alloc(34)
    message.write('r', 0)
    message.writeBigUInt64BE(this.received, 1)
    message.writeBigUInt64BE(this.flushed, 9)
    message.writeBigUInt64BE(0n, 17)
    message.writeBigInt64BE(BigInt(Date.now() - epochMs) * 1_000n, 25)
    message.writeUInt8(1, 33)
    copyConnection(this.client).sendCopyFromChunk(message)
  }
}

export const startCommand = (slot: string, lsn: Lsn, timeline: number): string =>
  `START_REPLICATION SLOT ${slot} PHYSICAL ${formatLsn(lsn)} TIMELINE ${timeline}`
