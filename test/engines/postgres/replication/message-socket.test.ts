import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { MessageSocket } from '@/lib/engines/postgres/replication/message-socket'

const bufferBytes = 256 * 1024

let server: Server
let port: number
let serve: (peer: Socket) => void

beforeAll(async () => {
  server = createServer((peer) => serve(peer)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  port = typeof address === 'object' && address ? address.port : 0
})
afterAll(() => server.close())

/** A message as servers send it, whose body names its place. */
function message(nth: number, bodyBytes: number): Buffer {
  const bytes = Buffer.alloc(5 + bodyBytes, nth % 251)
  bytes.write('d', 0)
  bytes.writeUInt32BE(4 + bodyBytes, 1)
  return bytes
}

/**
 * What a socket gives, and its memory. As the driver does, whatever is left of a chunk is kept as it is until more comes, and all that
 * is whole is read at once.
 */
async function received(
  write: (peer: Socket) => Promise<void>,
  onChunk: (socket: MessageSocket) => void = () => undefined,
) {
  const socket = new MessageSocket()
  const chunks: Buffer[] = []
  const memory = new Set<ArrayBufferLike>()
  let kept: Buffer | null = null
  socket.on('data', (chunk: Buffer) => {
    if (kept) chunks.push(Buffer.from(kept))
    kept = null
    const startsMessage = chunks.length === 0 || isWhole(Buffer.concat(chunks))
    if (startsMessage && !isWhole(chunk)) kept = chunk
    else chunks.push(Buffer.from(chunk))
    memory.add(chunk.buffer)
    onChunk(socket)
  })
  serve = (peer) => void write(peer).then(() => peer.end())
  socket.connect(port, '127.0.0.1')
  await once(socket, 'close')
  return { chunks, memory }
}

async function inPieces(peer: Socket, bytes: Buffer, pieces: readonly number[]): Promise<void> {
  peer.setNoDelay(true)
  for (let at = 0, nth = 0; at < bytes.length; nth += 1) {
    const piece = bytes.subarray(at, at + (pieces[nth % pieces.length] ?? 1))
    if (!peer.write(piece)) await once(peer, 'drain')
    at += piece.length
  }
}

/** Whether messages begin at its start and end at its end. */
function isWhole(chunk: Buffer): boolean {
  let at = 0
  while (at + 5 <= chunk.length) at += Math.max(5, 1 + chunk.readUInt32BE(at + 1))
  return at === chunk.length
}

it('gives every byte in its order, however it comes, and whole messages where they fit', async () => {
  const body = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 140_000 }))
  await fc.assert(
    fc.asyncProperty(
      fc.array(body, { minLength: 1, maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 5 }),
      async (bodies, pieces) => {
        const sent = Buffer.concat(bodies.map((bytes, nth) => message(nth, bytes)))
        const { chunks } = await received((peer) => inPieces(peer, sent, pieces))
        expect(Buffer.concat(chunks).equals(sent)).toBe(true)
        expect(chunks.every(isWhole)).toBe(true)
      },
    ),
    { numRuns: 60 },
  )
})

it.each([1, 2, 7])(
  'gives messages beyond its buffer in pieces, and goes on with whole ones (times %i)',
  async (times) => {
    const long = message(1, times * bufferBytes)
    const sent = Buffer.concat([message(0, 10), long, message(2, 20), long, message(3, 30)])
    const { chunks } = await received((peer) => inPieces(peer, sent, [100_000]))
    expect(Buffer.concat(chunks).equals(sent)).toBe(true)
    expect(isWhole(chunks.at(-1) ?? Buffer.from('x'))).toBe(true)
  },
)

it('gives what declares a length that is none to who refuses it', async () => {
  const sent = Buffer.concat([Buffer.from('d\0\0\0\0', 'latin1'), message(1, 10)])
  const { chunks } = await received((peer) => inPieces(peer, sent, [sent.length]))
  expect(Buffer.concat(chunks).equals(sent)).toBe(true)
})

it('reads into the same memory again, and nothing while it is paused', async () => {
  const sent = Buffer.concat(Array.from({ length: 200 }, (_, nth) => message(nth, 50_000)))
  let paused = 0
  const { chunks, memory } = await received(
    (peer) => inPieces(peer, sent, [sent.length]),
    (socket) => {
      expect(socket.isPaused()).toBe(false)
      socket.pause()
      paused += 1
      setImmediate(() => socket.resume())
    },
  )
  expect(Buffer.concat(chunks).equals(sent)).toBe(true)
  expect(paused).toBe(chunks.length)
  expect(memory.size).toBe(1)
})
