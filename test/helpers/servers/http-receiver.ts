import { once } from 'node:events'
import { type IncomingHttpHeaders, type RequestListener, createServer } from 'node:http'
import { text } from 'node:stream/consumers'

export interface HttpReceiver extends AsyncDisposable {
  url: string
  requests: { method: string; path: string; headers: IncomingHttpHeaders; body: string }[]
  /** How the next requests are answered; 200 "ok" at first. */
  answer: RequestListener
  close(): Promise<void>
}

/** A real HTTP server that keeps what it was sent. */
export async function startHttpReceiver(): Promise<HttpReceiver> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      receiver.requests.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body })
      receiver.answer(request, response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port')
  const close = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  const receiver: HttpReceiver = {
    url: `http://127.0.0.1:${address.port}`,
    requests: [],
    answer: (_, response) => void response.end('ok'),
    close,
    [Symbol.asyncDispose]: close,
  }
  return receiver
}
