import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { connect, withConnection } from '@/lib/engines/postgres/connect/connect'
import { classifyQueryError } from '@/lib/engines/postgres/classify-error'
import { ReplicationStream } from '@/lib/engines/postgres/log/replication-stream'
import { openReplication } from '@/lib/engines/postgres/replication/open-replication'
import { waitFor } from '../../../helpers/wait-for'
import { makeSource } from '../../../helpers/servers/postgres'

const mib = 1024 * 1024
const signal = new AbortController().signal
let server: Server | null = null

afterEach(() => server?.close())

function message(type: string, body: Buffer, declared = body.length + 4): Buffer {
  const header = Buffer.alloc(5)
  header.write(type, 0, 'latin1')
  header.writeUInt32BE(declared, 1)
  return Buffer.concat([header, body])
}
const greeting = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))])
const done = Buffer.concat([message('C', Buffer.from('SELECT 0\0')), message('Z', Buffer.from('I'))])
const errorText = (text: string) => Buffer.from(`SERROR\0C22000\0M${text}\0\0`)

/** Speaks as much of the protocol as lets a client in and answers its queries; the last one by what is given. */
async function listen(answer: (socket: Socket) => void, greet: (socket: Socket) => void = (s) => s.write(greeting)) {
  const sockets = new Set<Socket>()
  server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    let greeted = false
    socket.on('data', (chunk: Buffer) => {
      if (!greeted) {
        greeted = true
        greet(socket)
      } else if (chunk.includes('SELECT hostile')) answer(socket)
      else if (chunk.includes('X', 0, 'latin1') && chunk[0] === 88) socket.end()
      else socket.write(done)
    })
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { source: makeSource({ host: '127.0.0.1', port, ssl: 'disable' }), sockets }
}

/** Writes the block until the other side has had enough of it. Answers how many bytes went out. */
function pour(socket: Socket, first: Buffer, block: Buffer): { sentBytes(): number } {
  socket.write(first)
  const write = () => {
    while (!socket.destroyed && socket.write(block));
  }
  socket.on('drain', write)
  write()
  return { sentBytes: () => socket.bytesWritten }
}

const ask = async (source: ReturnType<typeof makeSource>) =>
  withConnection(source, signal, (client) => client.query('SELECT hostile')).then(
    () => 'answered',
    (error: unknown) => classifyQueryError(error),
  )

describe('a server that means harm', () => {
  it.each([
    ['an error', 'E'],
    ['a notice', 'N'],
    ['a description of columns', 'T'],
    ['a row', 'D'],
    ['a notification', 'A'],
    ['a message that does not exist', '?'],
  ])('is left when it announces %s of 1 GB (security 15)', async (_, type) => {
    const poured: { sentBytes(): number }[] = []
    const { source } = await listen((socket) => {
      const block = Buffer.alloc(mib, 'x')
      poured.push(pour(socket, message(type, Buffer.alloc(0), 1024 * mib), block))
    })
    const error = await ask(source)
    expect(error).toMatchObject({ code: 'source-failed', message: expect.stringContaining('of 1073741824 bytes') })
    // What the sockets of both sides hold, and no more: nothing was collected.
    expect(poured[0]?.sentBytes()).toBeLessThan(32 * mib)
  })

  /** Announces CopyBoth, and says what it likes in it. */
  const copyBoth = message('W', Buffer.from([0, 0, 0]))
  const replicating = async (say: (socket: Socket) => void) => {
    const { source } = await listen(say)
    const client = await openReplication(source, signal)
    const stream = new ReplicationStream(client, 0n)
    const started = stream.start('SELECT hostile')
    started.catch(() => undefined)
    return { client, stream, started }
  }

  it('is left when it announces a piece of its log of 1 GB (security 15)', async () => {
    const poured: { sentBytes(): number }[] = []
    const { client, stream, started } = await replicating((socket) => {
      const first = Buffer.concat([copyBoth, message('d', Buffer.from('w'), 1024 * mib)])
      poured.push(pour(socket, first, Buffer.alloc(mib, 'x')))
    })
    await expect(started.then(() => stream.next())).rejects.toThrow(/of 1073741824 bytes/)
    expect(poured[0]?.sentBytes()).toBeLessThan(32 * mib)
    await client.end()
  })

  it('is held back when it says nothing but that it has no log, again and again (security 15)', async () => {
    const nothing = Buffer.alloc(18)
    nothing.write('k', 0)
    const many = Buffer.concat(Array.from({ length: 1_000 }, () => message('d', nothing)))
    const poured: { sentBytes(): number }[] = []
    const { client, stream, started } = await replicating((socket) => poured.push(pour(socket, copyBoth, many)))
    await started
    const sent = () => poured[0]?.sentBytes() ?? 0
    // Nobody takes what it says: what it can send is what the sockets hold.
    await waitFor('it to be held back', async () => {
      const before = sent()
      await new Promise((resolve) => setTimeout(resolve, 300))
      return before > 0 && sent() === before
    })
    expect(sent()).toBeLessThan(32 * mib)
    stream.stop()
    client.connection.stream.destroy()
  })

  it.each([
    ['errors', message('N', errorText('x'.repeat(1000)))],
    ['rows', message('D', Buffer.concat([Buffer.from([0, 1, 0, 0, 0x40, 0]), Buffer.alloc(0x4000, 'x')]))],
  ])('is left when its answer is %s without end (security 15)', async (_, block) => {
    const columns = message('T', Buffer.concat([Buffer.from([0, 1]), Buffer.from('a\0'), Buffer.alloc(18)]))
    const many = Buffer.concat(Array.from({ length: 64 }, () => block))
    const { source } = await listen((socket) => pour(socket, columns, many))
    expect(await ask(source)).toMatchObject({ message: expect.stringContaining('an answer that does not end') })
  })

  it('is left when it greets without end (security 15)', async () => {
    const status = message('S', Buffer.from(`a\0${'x'.repeat(60_000)}\0`))
    const { source } = await listen(
      () => undefined,
      (socket) => pour(socket, message('R', Buffer.alloc(4)), status),
    )
    await expect(connect(source, signal)).rejects.toMatchObject({
      message: expect.stringContaining('an answer that does not end'),
    })
  })

  it.each([
    ['an error whose text has no end', message('E', Buffer.from('SERROR\0Mbroken'))],
    ['an error without a field', message('E', Buffer.alloc(0))],
    ['an error that goes on behind its end', message('E', Buffer.from('SERROR\0\0SERROR\0\0'))],
    ['a notice whose text has no end', message('N', Buffer.from('SNOTICE\0Mbroken'))],
    ['a length that is none', message('E', Buffer.alloc(0), 3)],
    ['columns that are not there', message('T', Buffer.from([0x7f, 0xff]))],
    ['a row of fewer than no values', message('D', Buffer.from([0xff, 0xfe]))],
    ['a way to sign in that nobody knows', message('R', Buffer.from([0, 0, 0, 99]))],
  ])('neither holds nor ends this process by %s (security 15)', async (_, sent) => {
    const { source } = await listen((socket) => socket.write(sent))
    expect(await ask(source)).toMatchObject({
      code: 'source-failed',
      message: expect.stringContaining('The server sent'),
    })
  })

  it('may send its messages in any pieces', async () => {
    const answer = Buffer.concat([
      message('N', errorText('a notice')),
      message('E', errorText('told in pieces')),
      done.subarray(-6),
    ])
    const { source } = await listen((socket) => {
      socket.setNoDelay(true)
      const send = (at: number) => {
        if (at < answer.length) socket.write(answer.subarray(at, at + 1), () => setImmediate(send, at + 1))
      }
      send(0)
    })
    expect(await ask(source)).toMatchObject({ message: 'The server reported an error: told in pieces' })
  })

  it('gets no more of its error kept than anybody reads (security 10)', async () => {
    const text = `no such thing ${'postgres://u:x:'.repeat(6_000)}`
    const { source } = await listen((socket) => {
      socket.write(Buffer.concat([message('E', errorText(text)), done.subarray(-6)]))
    })
    const error = await ask(source)
    expect(error).toMatchObject({ message: expect.stringContaining('no such thing') })
    expect(error).toHaveProperty(
      'message.length',
      expect.toSatisfy((length: number) => length < 4_200),
    )
  })
})
