import { IncomingMessage, type IncomingHttpHeaders } from 'node:http'

/** A request whose body was read already, for code that expects to read it from the connection. */
export class ReplayedRequest extends IncomingMessage {
  constructor(original: IncomingMessage, body: Buffer) {
    super(original.socket)
    this.method = original.method
    this.url = original.url
    this.httpVersion = original.httpVersion
    this.httpVersionMajor = original.httpVersionMajor
    this.httpVersionMinor = original.httpVersionMinor
    this.rawHeaders = original.rawHeaders
    this.headers = original.headers
    this.complete = true
    this.push(body)
    this.push(null)
  }

  override _read(): void {
    // All of it was pushed; the connection is not read from.
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // The connection belongs to the answer that is still to be sent.
    done(error)
  }
}

/** Puts the headers in place that say who asks and where; what the client wrote of the kind is gone. */
export function setForwarded(
  request: IncomingMessage,
  origin: { client: string; protocol: string; host: string },
): void {
  const told: Record<string, string> = {
    host: origin.host,
    'x-forwarded-for': origin.client,
    'x-forwarded-host': origin.host,
    'x-forwarded-proto': origin.protocol,
  }
  const headers: IncomingHttpHeaders = {}
  const raw: string[] = []
  for (const [name, value] of Object.entries(request.headers)) if (!isForwarded(name)) headers[name] = value
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const [name = '', value = ''] = request.rawHeaders.slice(at, at + 2)
    if (!isForwarded(name.toLowerCase())) raw.push(name, value)
  }
  request.headers = { ...headers, ...told }
  request.rawHeaders = [...raw, ...Object.entries(told).flat()]
}

function isForwarded(name: string): boolean {
  return name === 'host' || name === 'forwarded' || name === 'x-real-ip' || name.startsWith('x-forwarded-')
}
