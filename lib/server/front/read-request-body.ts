import type { IncomingMessage } from 'node:http'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { tooBusy } from './fair-lane'

export interface BodyLimits {
  sizeBytes: number
  deadlineMs: number
}

/** Bytes of bodies held in memory at this moment, of everybody and of each client. */
export class BodyBudget {
  #held = 0
  readonly #heldOf = new Map<string, number>()

  constructor(private readonly limits: { bytes: number; bytesPerClient: number }) {}

  /** False when so many are held that no more may be. */
  take(client: string, bytes: number): boolean {
    const held = (this.#heldOf.get(client) ?? 0) + bytes
    if (this.#held + bytes > this.limits.bytes || held > this.limits.bytesPerClient) return false
    this.#held += bytes
    this.#heldOf.set(client, held)
    return true
  }

  giveBack(client: string, bytes: number): void {
    this.#held -= bytes
    const held = (this.#heldOf.get(client) ?? 0) - bytes
    if (held > 0) this.#heldOf.set(client, held)
    else this.#heldOf.delete(client)
  }
}

/**
 * Reads a request's body whole, never further than the limit, whether its length was said or not, and not for longer than
 * the deadline; so nothing behind ever waits for a client or holds more than this. The caller gives its bytes back to the
 * budget when the request is answered. Throws `body-too-large`, `body-too-slow`, `body-cut-short` and `too-busy`.
 */
export async function readRequestBody(
  request: IncomingMessage,
  client: string,
  limits: BodyLimits,
  budget: BodyBudget,
): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limits.sizeBytes) throw tooLarge(limits.sizeBytes)
  const chunks: Buffer[] = []
  let held = 0
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => settle(tooSlow(limits.deadlineMs)), limits.deadlineMs)
      const onData = (chunk: Buffer) => {
        if (held + chunk.length > limits.sizeBytes) return settle(tooLarge(limits.sizeBytes))
        if (!budget.take(client, chunk.length)) return settle(tooBusy())
        held += chunk.length
        chunks.push(chunk)
      }
      const onEnd = () => settle(null)
      const onClose = () => settle(new HoldfastError('body-cut-short', 'The request ended before its body did.'))
      const settle = (error: HoldfastError | null) => {
        clearTimeout(timer)
        request.off('data', onData).off('end', onEnd).off('close', onClose)
        if (error) reject(error)
        else resolve()
      }
      request.on('data', onData).once('end', onEnd).once('close', onClose)
      request.on('error', () => undefined)
    })
    return Buffer.concat(chunks)
  } catch (error) {
    budget.giveBack(client, held)
    throw error
  }
}

function tooLarge(limitBytes: number): HoldfastError {
  const limit = limitBytes >= 1024 * 1024 ? `${limitBytes / 1024 / 1024} MB` : `${limitBytes / 1024} kB`
  return new HoldfastError('body-too-large', `The request body is larger than ${limit}.`)
}

function tooSlow(deadlineMs: number): HoldfastError {
  return new HoldfastError('body-too-slow', `The request body did not arrive within ${deadlineMs / 1000} seconds.`)
}
