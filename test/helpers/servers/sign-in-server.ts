import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import NextAuth from 'next-auth'
import type { NextApiRequest, NextApiResponse } from 'next'
import { authOptionsFor } from '@/lib/server/sign-in/auth-options-for'

export interface SignInServer {
  origin: string
  close(): Promise<void>
}

/** `/api/auth/*` on a port of its own, with the options of the product: the library, the cookies and redirects are real. */
export async function startSignInServer(): Promise<SignInServer> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.statusCode = 500
      response.end(error instanceof Error ? error.stack : String(error))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the sign-in server has no port')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  // As Next says it of a connection without a proxy.
  Object.assign(request.headers, { 'x-forwarded-proto': 'http', 'x-forwarded-host': request.headers.host })
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) headers.set(name, String(value))
  const asked = Object.assign(request, {
    query: { ...Object.fromEntries(url.searchParams), nextauth: url.pathname.split('/').slice(3) },
    cookies: Object.fromEntries((request.headers.cookie ?? '').split('; ').map((pair) => splitPair(pair))),
    body: Object.fromEntries(new URLSearchParams(await text(request))),
  })
  const answered = Object.assign(response, {
    status(code: number) {
      response.statusCode = code
      return answered
    },
    json: (value: unknown) => response.end(JSON.stringify(value)),
    send: (value: unknown) => response.end(typeof value === 'string' ? value : JSON.stringify(value)),
  })
  // What the library uses of Next's own request and response is there; their types promise more.
  await NextAuth(
    asked as unknown as NextApiRequest,
    answered as unknown as NextApiResponse,
    await authOptionsFor(headers),
  )
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf('=')
  return [pair.slice(0, at), decodeURIComponent(pair.slice(at + 1))]
}
