import { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import type { Connection } from 'pg'
import { HoldfastError } from '@/lib/core/holdfast-error'

const mib = 1024 * 1024
const code = (letter: string) => letter.charCodeAt(0)
const errorOrNotice = new Set([code('E'), code('N')])
const copyData = code('d')
const readyForQuery = code('Z')

/** What a message may be long where more than this is no use: a status, an error, a description of columns. */
const usualBytes = mib
/** A row holds values, such as the text of a function. */
const rowBytes = 64 * mib
/** All that answers one query. Contents are read by COPY, which streams and is not counted. */
const answerBytes = 256 * mib
/** All that comes before a session is open. */
const greetingBytes = mib

/**
 * Follows the messages of a server by the lengths they declare, and throws before the driver sees one that it should
 * not. The driver keeps a message until it is whole, so a server could fill our memory with one error of 1 GB; and it
 * reads an error's fields until a zero byte comes, so one without its end would block this thread forever.
 */
export class MessageLimit {
  /** `copyBytes`: the longest message of a COPY; a row of a table may have any length. */
  constructor(private readonly copyBytes = Infinity) {}

  private header = Buffer.alloc(5)
  private headerBytes = 0
  private type = 0
  private left = 0
  private budget = greetingBytes
  /** Where an error stands: at a field's letter, in its text, or behind the last one. */
  private field: 'letter' | 'text' | 'end' = 'letter'

  take(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      if (this.headerBytes < 5) {
        const taken = chunk.copy(this.header, this.headerBytes, at, at + 5 - this.headerBytes)
        at += taken
        this.headerBytes += taken
        if (this.headerBytes < 5) return
        this.begin()
      } else {
        const end = Math.min(chunk.length, at + this.left)
        if (errorOrNotice.has(this.type)) this.followFields(chunk, at, end)
        this.left -= end - at
        at = end
      }
      if (this.left === 0) this.finish()
    }
  }

  private begin(): void {
    this.type = this.header.readUInt8(0)
    const length = this.header.readUInt32BE(1)
    if (length < 4) throw refused('a message that is shorter than its own length')
    this.left = length - 4
    this.field = 'letter'
    if (this.type === copyData) {
      if (length > this.copyBytes)
        throw refused(`a message of a copy of ${length} bytes, where ${this.copyBytes} are the most`)
      return
    }
    const limit = this.type === code('D') ? rowBytes : usualBytes
    if (length > limit) throw refused(`${nameOf(this.type)} of ${length} bytes, where ${limit} are the most`)
    this.budget -= length
    if (this.budget < 0) throw refused('an answer that does not end')
  }

  private followFields(chunk: Buffer, from: number, to: number): void {
    for (let at = from; at < to; at += 1) {
      if (this.field === 'end') throw refused('an error that goes on behind its end')
      const zero = chunk[at] === 0
      if (this.field === 'letter') this.field = zero ? 'end' : 'text'
      else if (zero) this.field = 'letter'
    }
  }

  private finish(): void {
    if (errorOrNotice.has(this.type) && this.field !== 'end') throw refused('an error that has no end')
    if (this.type === readyForQuery) this.budget = answerBytes
    this.headerBytes = 0
  }
}

/** What the driver reads a connection by. The cast is sound for pg 8, whose `parse` listens to `data` and `end` alone. */
type Listening = Connection & { attachListeners(stream: Pick<Duplex, 'on'>): void }

/** Puts the limit between the network (behind TLS, where there is any) and the driver's parser. */
export function limitMessages(connection: Connection, copyBytes?: number): void {
  const listening = connection as Listening
  const attach = listening.attachListeners.bind(listening)
  listening.attachListeners = (stream) => {
    const limit = new MessageLimit(copyBytes)
    const passed = new EventEmitter()
    attach(passed as unknown as Duplex)
    stream.on('end', () => passed.emit('end'))
    stream.on('data', (chunk: Buffer) => {
      try {
        limit.take(chunk)
        passed.emit('data', chunk)
      } catch (error) {
        // What the parser cannot read, it throws: unheard, that would end this process.
        listening.stream.destroy(error instanceof HoldfastError ? error : refused('what is no message', error))
      }
    })
  }
}

function nameOf(type: number): string {
  const names: Record<string, string> = { E: 'an error', N: 'a notice', T: 'a description of columns', D: 'a row' }
  return names[String.fromCharCode(type)] ?? 'a message'
}

function refused(what: string, cause?: unknown): HoldfastError {
  return new HoldfastError('source-failed', `The server sent ${what}; the connection was ended.`, {
    remedy: 'Check that the address is that of a PostgreSQL server, and what stands between it and this machine.',
    ...(cause === undefined ? {} : { cause }),
  })
}
