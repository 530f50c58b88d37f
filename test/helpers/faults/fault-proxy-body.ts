import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline, Transform } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'

/** What goes wrong with the body of an answer. */
export type BodyFault =
  /** The connection is closed after so many bytes, before the end that was announced. */
  | { kind: 'cut-body'; bytes: number }
  /** Ends properly after so many bytes, with a Content-Length that says so. */
  | { kind: 'short-body'; bytes: number }
  /** Sends so many bytes, then nothing, and stays open. */
  | { kind: 'stall-body'; bytes: number }
  | { kind: 'flip-byte'; at: number }
  /** The store's own text, changed; for answers that are small. */
  | { kind: 'rewrite-body'; change: (text: string) => string }

/** Passes the store's answer on, altered. */
export function alterBody(incoming: IncomingMessage, response: ServerResponse, fault: BodyFault | null): void {
  if (fault?.kind === 'rewrite-body') {
    void text(incoming).then((body) => {
      const bytes = Buffer.from(fault.change(body))
      const { 'transfer-encoding': _chunked, ...kept } = incoming.headers
      response.writeHead(incoming.statusCode ?? 502, { ...kept, 'content-length': String(bytes.length) })
      response.end(bytes)
    })
    return
  }
  const headers = { ...incoming.headers }
  if (fault?.kind === 'short-body') headers['content-length'] = String(fault.bytes)
  response.writeHead(incoming.statusCode ?? 502, headers)
  if (fault === null) {
    pipeline(incoming, response, () => undefined)
    return
  }
  if (fault.kind === 'flip-byte') {
    pipeline(incoming, flipByte(fault.at), response, () => undefined)
    return
  }
  let position = 0
  const altered = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const start = position
      position += chunk.length
      done(null, chunk.subarray(0, Math.max(0, fault.bytes - start)))
      if (position < fault.bytes) return
      if (fault.kind === 'short-body') {
        this.push(null)
        incoming.destroy()
      } else if (fault.kind === 'cut-body') {
        // An end instead of a reset: a reset would take back what the reader has not read yet.
        incoming.destroy()
        this.push(null)
        response.end = () => response
        this.once('end', () => response.socket?.destroySoon())
      } else {
        incoming.pause()
      }
    },
  })
  incoming.on('error', () => undefined)
  response.on('close', () => incoming.destroy())
  incoming.pipe(altered).pipe(response)
}

/** Lets no more than so many bytes a second through, in small pieces; all at once when it need not be slow any more. */
export function trickle(bytesPerSecond: number, isOver: () => boolean): Transform {
  const piece = Math.max(1, Math.ceil(bytesPerSecond / 20))
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const pass = async () => {
        for (let from = 0; from < chunk.length; from += piece) {
          const bytes = chunk.subarray(from, from + piece)
          if (!isOver()) await delay((bytes.length / bytesPerSecond) * 1000)
          this.push(bytes)
        }
      }
      pass().then(() => done(), done)
    },
  })
}

/** Changes the lowest bit of one byte. */
export function flipByte(at: number): Transform {
  let position = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const index = at - position
      position += chunk.length
      const copy = Buffer.from(chunk)
      if (index >= 0 && index < copy.length) copy.writeUInt8(copy.readUInt8(index) ^ 1, index)
      done(null, copy)
    },
  })
}
