import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** What goes wrong with a connection. `afterBytes` counts what went through it, in both directions. */
export type TcpFault =
  /** Reset before the server hears of it. */
  | { kind: 'refuse' }
  | { kind: 'reset'; afterBytes: number }
  /** Both ends see an orderly end of the connection. */
  | { kind: 'cut'; afterBytes: number }
  /** Nothing passes any more, and both ends stay open: a firewall that forgot the connection. */
  | { kind: 'stall'; afterBytes: number }
  | { kind: 'slow'; bytesPerSecond: number }

/** One connection as the proxy knows it. */
export interface ProxiedConnection {
  /** Counted from 1 since the proxy was started or the rules were last forgotten. */
  number: number
  /** What the client said in PostgreSQL's startup message: user, database, application_name ... */
  startup: Record<string, string>
}

interface TcpRule {
  fault: TcpFault
  /** How many connections are hit; all by default. */
  times?: number
  when?: (connection: ProxiedConnection) => boolean
}

export interface TcpFaultProxy extends AsyncDisposable {
  host: string
  port: number
  /** Every connection whose startup message was seen since the last `heal`. */
  connections: ProxiedConnection[]
  /** Holds for connections that are opened from now on. */
  fail(rule: TcpRule): void
  /** Breaks connections that are open now; answers how many. */
  breakNow(kind: 'reset' | 'cut' | 'stall', which?: (connection: ProxiedConnection) => boolean): number
  /** Connections in which a fault with `afterBytes` has struck, or that `breakNow` hit, since the last `heal`. */
  struck(): number
  /** Forgets all rules and counts; connections that stall now are reset. */
  heal(): void
  close(): Promise<void>
}

/** A TCP proxy in front of a real PostgreSQL that breaks chosen connections. TLS would hide the startup message. */
export async function startTcpFaultProxy(target: { host: string; port: number }): Promise<TcpFaultProxy> {
  const rules: (TcpRule & { hits: number })[] = []
  const links = new Set<Link>()
  let connections: ProxiedConnection[] = []
  let struck = 0
  let arrived = 0
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    client.on('error', () => undefined)
    client.once('data', (first: Buffer) => {
      client.pause()
      const about = { number: ++arrived, startup: readStartup(first) }
      connections.push(about)
      const rule = rules.find((candidate) => {
        if (candidate.when && !candidate.when(about)) return false
        candidate.hits += 1
        return candidate.hits <= (candidate.times ?? Infinity)
      })
      if (rule?.fault.kind === 'refuse') {
        struck += 1
        client.resetAndDestroy()
        return
      }
      const link = new Link(client, first, target, about, rule?.fault ?? null, () => (struck += 1))
      links.add(link)
      link.closed.then(() => links.delete(link)).catch(() => undefined)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = async () => {
    for (const link of links) link.strike('reset')
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections
    },
    fail: (rule) => void rules.push({ ...rule, hits: 0 }),
    breakNow(kind, which = () => true) {
      const chosen = [...links].filter((link) => !link.broken && which(link.about))
      for (const link of chosen) link.strike(kind)
      struck += chosen.length
      return chosen.length
    },
    struck: () => struck,
    heal() {
      rules.length = 0
      connections = []
      arrived = 0
      struck = 0
      for (const link of links) if (link.broken) link.strike('reset')
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** One client's connection and the one to the server behind it. */
class Link {
  broken = false
  readonly closed: Promise<void>
  private readonly upstream: Socket
  private bytes = 0

  constructor(
    private readonly client: Socket,
    first: Buffer,
    target: { host: string; port: number },
    readonly about: ProxiedConnection,
    private readonly fault: TcpFault | null,
    private readonly onStrike: () => void,
  ) {
    this.upstream = connect({ ...target, allowHalfOpen: true, noDelay: true })
    this.upstream.on('error', () => this.end())
    this.closed = Promise.all(
      [client, this.upstream].map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))),
    ).then(() => undefined)
    this.pass(client, this.upstream, [first])
    this.pass(this.upstream, client, [])
  }

  strike(kind: 'reset' | 'cut' | 'stall'): void {
    this.broken = true
    if (kind === 'stall') {
      for (const socket of [this.client, this.upstream]) socket.pause()
      return
    }
    for (const socket of [this.client, this.upstream]) {
      if (kind === 'reset') socket.resetAndDestroy()
      else socket.destroySoon()
    }
  }

  private end(): void {
    for (const socket of [this.client, this.upstream]) socket.destroySoon()
  }

  private pass(from: Socket, to: Socket, before: Buffer[]): void {
    const forward = async () => {
      for (const chunk of before) await this.send(chunk, to)
      for await (const chunk of from) {
        await this.send(chunk as Buffer, to)
        if (this.broken) return
      }
      to.end()
    }
    // A stalled link is not read any more, and what was read is not passed on.
    forward().catch(() => this.end())
  }

  private async send(chunk: Buffer, to: Socket): Promise<void> {
    if (this.broken) return this.whileStalled()
    if (this.fault?.kind === 'slow') await delay((chunk.length / this.fault.bytesPerSecond) * 1000)
    this.bytes += chunk.length
    const { fault } = this
    if (fault && 'afterBytes' in fault && this.bytes > fault.afterBytes) {
      this.onStrike()
      this.strike(fault.kind)
      return this.whileStalled()
    }
    if (!to.write(chunk)) await new Promise<void>((resolve) => onceEither(to, ['drain', 'close'], resolve))
  }

  /** Ends with the link, so that nothing more is read from a connection that stalls. */
  private async whileStalled(): Promise<void> {
    await this.closed
  }
}

function onceEither(socket: Socket, events: ('drain' | 'close')[], done: () => void): void {
  const settle = () => {
    for (const event of events) socket.off(event, settle)
    done()
  }
  for (const event of events) socket.on(event, settle)
}

/** Length, protocol 3.0, then pairs of zero-terminated words. Anything else (a cancel request) has no words. */
function readStartup(packet: Buffer): Record<string, string> {
  if (packet.length < 8 || packet.readInt32BE(4) !== 196_608) return {}
  const words = packet.subarray(8, packet.readInt32BE(0)).toString('utf8').split('\0')
  const pairs: [string, string][] = []
  for (let at = 0; at + 1 < words.length; at += 2) pairs.push([words[at] ?? '', words[at + 1] ?? ''])
  return Object.fromEntries(pairs.filter(([name]) => name !== ''))
}
