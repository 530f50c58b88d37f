import { randomUUID } from 'node:crypto'
import { encode } from 'next-auth/jwt'
import type { Role } from '@/lib/contracts/common'
import { closeContainer, serviceContext } from '@/lib/server/container'
import { sessionCookieName, sessionSecret } from '@/lib/server/sign-in/session-cookie'
import type { ServiceContext } from '@/lib/services/context'
import { createToken } from '@/lib/services/token/create-token'
import { freshCatalog } from './catalog/catalog'
import { tempDir } from './temp'

type Route = (request: Request, route: { params: Promise<unknown> }) => Promise<Response>

export interface Web {
  ctx: ServiceContext
  token(role: Role): Promise<string>
  cookie(sessionId: string): Promise<string>
  /** Headers of a browser in which someone of the role is signed in, on a page of Holdfast. */
  session(role: Role): Promise<Record<string, string>>
  stop(): Promise<void>
}

/** The web process's own container on a fresh catalog, in this process. */
export async function startWeb(): Promise<Web> {
  const catalog = await freshCatalog()
  const home = await tempDir('web')
  Object.assign(process.env, { DATABASE_URL: catalog.url, HOLDFAST_HOME: home.path, NEXTAUTH_SECRET: randomUUID() })
  const ctx = await serviceContext({ type: 'cli', user: 'test', role: 'admin' })
  const cookie = async (sessionId: string) =>
    `${sessionCookieName}=${await encode({ token: { sid: sessionId }, secret: sessionSecret() })}`
  return {
    ctx,
    cookie,
    async session(role) {
      const email = `${role}-${randomUUID()}@example.com`
      const now = new Date()
      const user = await ctx.db.user.create({ data: { email, name: role, role } })
      const expiresAt = new Date(now.getTime() + 3_600_000)
      const session = await ctx.db.session.create({
        data: { userId: user.id, createdAt: now, lastSeenAt: now, expiresAt },
      })
      return { cookie: await cookie(session.id), origin: 'http://holdfast.test', 'sec-fetch-site': 'same-origin' }
    },
    async token(role) {
      const made = await createToken({ ctx, input: { name: `${role} ${randomUUID()}`, role, expiresInDays: 1 } })
      return made.token
    },
    async stop() {
      await closeContainer()
      await catalog.drop()
      await home.remove()
    },
  }
}

/** Calls a route handler as Next would. */
export async function call(
  route: Route,
  options: {
    method?: string
    path?: string
    params?: Record<string, string>
    headers?: Record<string, string>
    token?: string
    body?: unknown
    rawBody?: string
  } = {},
): Promise<{ status: number; headers: Headers; text: string; json: Record<string, unknown> }> {
  const body = options.rawBody ?? (options.body === undefined ? undefined : JSON.stringify(options.body))
  const request = new Request(`http://holdfast.test${options.path ?? '/api/v1/x'}`, {
    method: options.method ?? 'GET',
    headers: {
      host: 'holdfast.test',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body }),
  })
  const response = await route(request, { params: Promise.resolve(options.params ?? {}) })
  const text = await response.text()
  const isJson = /\/(problem\+)?json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} }
}
