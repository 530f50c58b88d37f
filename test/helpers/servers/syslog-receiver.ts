import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

/** A message of RFC 5424, taken apart. */
export interface SyslogMessage {
  priority: number
  timestamp: string
  hostname: string
  app: string
  process: string
  id: string
  data: Record<string, Record<string, string>>
  text: string
}

export interface SyslogReceiver extends AsyncDisposable {
  port: number
  messages: SyslogMessage[]
  /** Frames and datagrams as they came. */
  raw: Buffer[]
  /** What broke the framing or the grammar. */
  errors: string[]
  close(): Promise<void>
}

const header =
  /^<(0|[1-9]\d{0,2})>1 (\S+) ([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48}) ([\x21-\x7e]{1,128}) ([\x21-\x7e]{1,32}) /

/** Parses by the grammar of RFC 5424, section 6; throws on anything that is not of it. */
export function parseSyslog(bytes: Buffer): SyslogMessage {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  const match = header.exec(text)
  if (!match) throw new Error(`no header of RFC 5424: ${text.slice(0, 80)}`)
  const [all, priority, timestamp = '', hostname = '', app = '', process = '', id = ''] = match
  if (Number(priority) > 191) throw new Error('priority above 191')
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$/.test(timestamp)) throw new Error('timestamp')
  const { data, end } = structuredData(text, all.length)
  const rest = text.slice(end)
  if (rest !== '' && !rest.startsWith(' ')) throw new Error('no space before the message')
  const message = rest.slice(1)
  // MSG-UTF8 begins with a byte order mark; without one it is of no known encoding, and ASCII is safe in all.
  if (!message.startsWith('\ufeff') && /[^\x00-\x7f]/.test(message)) throw new Error('UTF-8 without its mark')
  return {
    priority: Number(priority),
    timestamp,
    hostname,
    app,
    process,
    id,
    data,
    text: message.replace(/^\ufeff/, ''),
  }
}

function structuredData(text: string, start: number): { data: SyslogMessage['data']; end: number } {
  if (text[start] === '-') return { data: {}, end: start + 1 }
  const data: SyslogMessage['data'] = {}
  let at = start
  while (text[at] === '[') {
    const id = /^\[([!#-<>-\\^-~]{1,32})/.exec(text.slice(at))
    if (!id?.[1]) throw new Error('no id of structured data')
    const values: Record<string, string> = {}
    at += id[0].length
    for (;;) {
      const pair = /^ ([!#-<>-\\^-~]{1,32})="((?:[^"\\\]]|\\["\\\]])*)"/.exec(text.slice(at))
      if (!pair?.[1]) break
      values[pair[1]] = (pair[2] ?? '').replace(/\\(.)/g, '$1')
      at += pair[0].length
    }
    if (text[at] !== ']') throw new Error('structured data does not end')
    at += 1
    data[id[1]] = values
  }
  if (at === start) throw new Error('no structured data')
  return { data, end: at }
}

/** Takes `MSG-LEN SP SYSLOG-MSG` apart, as RFC 6587 (3.4.1) and RFC 5425 (4.3) frame messages. */
function readFrames(socket: Socket, take: (frame: Buffer) => void, fail: (reason: string) => void): void {
  let pending = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk])
    for (;;) {
      const space = pending.indexOf(0x20)
      if (space < 0) return
      const digits = pending.subarray(0, space).toString('latin1')
      if (!/^[1-9]\d*$/.test(digits)) return fail(`no length before a message: ${digits}`)
      const end = space + 1 + Number(digits)
      if (pending.length < end) return
      take(pending.subarray(space + 1, end))
      pending = pending.subarray(end)
    }
  })
  socket.on('end', () => {
    if (pending.length > 0) fail('bytes behind the last message')
  })
  socket.on('error', () => undefined)
}

/** A real syslog server over one transport. */
export async function startSyslog(
  transport: 'udp' | 'tcp' | 'tls',
  tls?: { key: string; cert: string },
): Promise<SyslogReceiver> {
  const messages: SyslogMessage[] = []
  const raw: Buffer[] = []
  const errors: string[] = []
  const take = (bytes: Buffer) => {
    raw.push(Buffer.from(bytes))
    try {
      messages.push(parseSyslog(bytes))
    } catch (error) {
      errors.push(String(error))
    }
  }
  if (transport === 'udp') {
    const socket = createSocket('udp4')
    socket.on('message', take)
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    const close = () => new Promise<void>((done) => socket.close(() => done()))
    return { port: socket.address().port, messages, raw, errors, close, [Symbol.asyncDispose]: close }
  }
  const open = (socket: Socket) => readFrames(socket, take, (reason) => errors.push(reason))
  const server = transport === 'tls' ? createTlsServer({ ...tls }, open) : createServer(open)
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the syslog server has no port')
  const close = () => new Promise<void>((done) => server.close(() => done()))
  return { port: address.port, messages, raw, errors, close, [Symbol.asyncDispose]: close }
}
