import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a store answers to HEAD, which has no body, and to everything else. */
export interface S3Answer {
  head: { status: number; headers?: Record<string, string> }
  other: { status: number; headers?: Record<string, string>; body: string }
}

/** S3's error document. */
export const s3Error = (code: string, message: string, more = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${more}<RequestId>4442587FB7D0A2F9</RequestId></Error>`

/** The same refusal with and without its document. */
export const refused = (status: number, body: string, headers: Record<string, string> = {}): S3Answer => ({
  head: { status, headers: { 'content-type': 'application/xml', ...headers } },
  other: { status, headers: { 'content-type': 'application/xml', ...headers }, body },
})

/** A server that answers every request as it is told, whatever it asks for. */
export async function startS3Answers(
  answer: (request: IncomingMessage) => S3Answer,
): Promise<AsyncDisposable & { endpoint: string; requests: string[] }> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    request.resume()
    request.on('end', () => {
      const { head, other } = answer(request)
      if (request.method === 'HEAD') response.writeHead(head.status, head.headers).end()
      else response.writeHead(other.status, other.headers).end(other.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
