import type { z } from 'zod'
import type { Role } from '@/lib/contracts/common'
import { findRoute } from '@/lib/contracts/routes/find-route'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ServiceContext } from '@/lib/services/context'
import { parseInput } from '@/lib/services/parse-input'
import { permit, permitToken } from '@/lib/services/permit'
import { authenticate } from './sign-in/authenticate'
import { container } from './container'
import { contextOf } from './context-of'
import { createLogger } from '@/lib/process/create-logger'
import { problemResponse } from './problem'
import { readBody } from './read-body'
import { apiHeaders } from './security-headers'

const logger = createLogger('web')

type Parsed<S> = S extends z.ZodType ? z.infer<S> : undefined

interface Spec<B, Q, P> {
  body?: B
  query?: Q
  params?: P
  /** Of a successful answer: 201 for something created, 202 for work started. */
  status?: 200 | 201 | 202
}

interface Call<B, Q, P> {
  body: Parsed<B>
  query: Parsed<Q>
  params: Parsed<P>
  request: Request
}

/** What Next calls a route with. */
type Route = (request: Request, route: { params: Promise<unknown> }) => Promise<Response>
type Schema = z.ZodType | undefined

/**
 * A route for those who are signed in with at least `role`, and for tokens with the scope that the list of routes names
 * for this method and address: authenticate, parse, one service call, serialise.
 * `run` answers a DTO, undefined (204) or a Response of its own (streams). Errors become problem+json.
 */
export function handle<B extends Schema = undefined, Q extends Schema = undefined, P extends Schema = undefined>(
  spec: Spec<B, Q, P> & { role: Role },
  run: (call: Call<B, Q, P> & { ctx: ServiceContext }) => Promise<unknown>,
): Route {
  return (request, route) =>
    answer(spec, async () => {
      const actor = await authenticate(request)
      permit(actor, spec.role)
      permitToken(actor, findRoute(request.method, new URL(request.url).pathname))
      const { context } = await container()
      return run({ ...(await parse(spec, request, route)), ctx: await contextOf(context, actor) })
    })
}

/** A route for everyone: whether the instance is up, and its first administrator. */
export function handlePublic<B extends Schema = undefined, Q extends Schema = undefined, P extends Schema = undefined>(
  spec: Spec<B, Q, P>,
  run: (call: Call<B, Q, P> & { ctx: Omit<ServiceContext, 'actor'> }) => Promise<unknown>,
): Route {
  return (request, route) =>
    answer(spec, async () => {
      const { context } = await container()
      return run({ ...(await parse(spec, request, route)), ctx: context })
    })
}

async function answer(spec: { status?: number }, run: () => Promise<unknown>): Promise<Response> {
  try {
    const result = await run()
    if (result instanceof Response) {
      for (const [name, value] of Object.entries(apiHeaders)) result.headers.set(name, value)
      return result
    }
    if (result === undefined) return new Response(null, { status: 204, headers: apiHeaders })
    return Response.json(result, { status: spec.status ?? 200, headers: apiHeaders })
  } catch (error) {
    return problemResponse(error, logger)
  }
}

async function parse<B extends Schema, Q extends Schema, P extends Schema>(
  spec: Spec<B, Q, P>,
  request: Request,
  route: { params: Promise<unknown> },
): Promise<Call<B, Q, P>> {
  const query = Object.fromEntries([...new URL(request.url).searchParams].filter(([, value]) => value !== ''))
  return {
    params: parseParams<P>(spec.params, await route.params),
    query: parsed<Q>(spec.query, query),
    body: parsed<B>(spec.body, spec.body ? await readBody(request) : undefined),
    request,
  }
}

/** An id that cannot exist is not found, as one that merely does not. */
function parseParams<P extends Schema>(schema: P | undefined, value: unknown): Parsed<P> {
  try {
    return parsed<P>(schema, value)
  } catch (cause) {
    throw new HoldfastError('not-found', 'There is nothing at this address.', { cause })
  }
}

/** The one place that ties "a schema or none" to "its type or undefined", which conditional types cannot follow. */
function parsed<S extends Schema>(schema: S | undefined, value: unknown): Parsed<S> {
  return (schema ? parseInput(schema, value) : undefined) as Parsed<S>
}
