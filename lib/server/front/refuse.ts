import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HoldfastError } from '@/lib/core/holdfast-error'
import { createLogger } from '@/lib/process/create-logger'
import { problemResponse } from '../problem'

const drainBytes = 4 * 1024 * 1024
const drainMs = 1_000
const logger = createLogger('web')

/**
 * Answers what is not passed on, problem+json below /api and plain words elsewhere, and ends the connection: its body was
 * not read to the end. A client that is still sending reads the answer only if what it sends is taken off it for a moment.
 */
export async function refuse(request: IncomingMessage, response: ServerResponse, error: HoldfastError): Promise<void> {
  const problem = problemResponse(error, logger)
  const api = /^\/(api|metrics)(\/|$)/.test(request.url ?? '')
  const body = api
    ? await problem.text()
    : [error.message, error.remedy, ''].filter((line) => line !== undefined).join('\n')
  if (response.headersSent || response.destroyed) return
  response.writeHead(problem.status, {
    ...Object.fromEntries(problem.headers),
    ...(api ? {} : { 'content-type': 'text/plain; charset=utf-8' }),
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  })
  response.end(request.method === 'HEAD' ? undefined : body)
  if (request.complete) return
  let drained = 0
  const socket = request.socket
  const timer = setTimeout(() => socket.destroy(), drainMs)
  socket.once('close', () => clearTimeout(timer))
  request.on('data', (chunk: Buffer) => {
    drained += chunk.length
    if (drained > drainBytes) socket.destroy()
  })
  request.once('end', () => socket.end())
}
