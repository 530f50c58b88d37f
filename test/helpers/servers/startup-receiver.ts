import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

/** What a client of PostgreSQL's protocol said of itself before it was sent away. */
export interface Startup {
  user: string | undefined
  database: string | undefined
  /** Absent when the client had none to give. */
  password: string | undefined
}

export interface StartupReceiver extends AsyncDisposable {
  port: number
  startups: Startup[]
  close(): Promise<void>
}

const notEncrypted = new Set([80_877_103, 80_877_104])
const askForPassword = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3])

function refusal(): Buffer {
  const fields = Buffer.from('SFATAL\0C28P01\0Mnobody gets in here\0\0')
  const head = Buffer.from([0x45, 0, 0, 0, 0])
  head.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}

/**
 * As much of a PostgreSQL server as is needed to hear what libpq makes of a connection: it reads the startup message,
 * asks for the password in the clear, and refuses. Protocol: PostgreSQL documentation, chapter "Frontend/Backend Protocol".
 */
export async function startStartupReceiver(): Promise<StartupReceiver> {
  const startups: Startup[] = []
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    let pending = Buffer.alloc(0)
    let startup: Startup | null = null
    socket.on('error', () => undefined)
    socket.on('close', () => open.delete(socket))
    socket.on('data', (bytes) => {
      pending = Buffer.concat([pending, bytes])
      for (;;) {
        const head = startup ? 1 : 0
        if (pending.length < head + 4 || pending.length < head + pending.readInt32BE(head)) return
        const message = pending.subarray(head + 4, head + pending.readInt32BE(head))
        pending = pending.subarray(head + 4 + message.length)
        if (startup) {
          startup.password = message.subarray(0, -1).toString('utf8')
          socket.end(refusal())
        } else if (notEncrypted.has(message.readInt32BE(0))) socket.write('N')
        else {
          const words = message.subarray(4).toString('utf8').split('\0')
          const said = (name: string) => words[words.findIndex((word, at) => at % 2 === 0 && word === name) + 1]
          startup = { user: said('user'), database: said('database'), password: undefined }
          startups.push(startup)
          socket.write(askForPassword)
        }
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the stand-in has no port')
  const close = async () => {
    for (const socket of open) socket.destroy()
    server.close()
    await once(server, 'close')
  }
  return { port: address.port, startups, close, [Symbol.asyncDispose]: close }
}
