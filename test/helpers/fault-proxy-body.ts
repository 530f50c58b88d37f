import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline, Transform } from 'node:stream'

/** What goes wrong with the body of an answer. */
export type BodyFault =
  /** The connection is reset after so many bytes. */
  | { kind: 'cut-body'; bytes: number }
  /** Ends properly after so many bytes, with a Content-Length that says so. */
  | { kind: 'short-body'; bytes: number }
  /** Sends so many bytes, then nothing, and stays open. */
  | { kind: 'stall-body'; bytes: number }
  | { kind: 'flip-byte'; at: number }

/** Passes the store's answer on, altered. */
export function alterBody(incoming: IncomingMessage, response: ServerResponse, fault: BodyFault | null): void {
  const headers = { ...incoming.headers }
  if (fault?.kind === 'short-body') headers['content-length'] = String(fault.bytes)
  response.writeHead(incoming.statusCode ?? 502, headers)
  if (fault === null) {
    pipeline(incoming, response, () => undefined)
    return
  }
  let position = 0
  const altered = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const start = position
      position += chunk.length
      if (fault.kind === 'flip-byte') {
        const index = fault.at - start
        const copy = Buffer.from(chunk)
        if (index >= 0 && index < copy.length) copy.writeUInt8(copy.readUInt8(index) ^ 1, index)
        done(null, copy)
        return
      }
      done(null, chunk.subarray(0, Math.max(0, fault.bytes - start)))
      if (position < fault.bytes) return
      if (fault.kind === 'short-body') {
        this.push(null)
        incoming.destroy()
      } else if (fault.kind === 'cut-body') {
        // Let what was written leave first: the reader is to have received it.
        response.write('', () => response.socket?.resetAndDestroy())
        incoming.destroy()
      } else {
        incoming.pause()
      }
    },
  })
  incoming.on('error', () => undefined)
  response.on('close', () => incoming.destroy())
  incoming.pipe(altered).pipe(response)
}
