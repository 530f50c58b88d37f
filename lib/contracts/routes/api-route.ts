import type { z } from 'zod'
import type { Role } from '../common'
import type { RouteScope } from '../people/token-scope'

/** One operation of the HTTP API, as the OpenAPI document and the tests read it. */
export interface ApiRoute {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** With `{id}` where Next's folder has `[id]`. */
  path: `/api/v1/${string}`
  summary: string
  /** The least role; `public` needs none. */
  role: Role | 'public'
  /** What a token must have for it beside the role; `handle` asks for it. Of no meaning where the role is `public`. */
  scope: RouteScope
  /**
   * True: it shows and touches nothing but what belongs to sources, read through the client of ServiceContext, which
   * keeps to the sources of a limited token. Otherwise such a token is refused.
   */
  perSource?: true
  query?: z.ZodObject
  body?: z.ZodType
  /** The body is a file as it is. */
  bytes?: true
  /** Status of success. */
  status: 200 | 201 | 202 | 204
  /** What success answers; a media type for what is not JSON; absent for 204. */
  answer?: z.ZodType | { mediaType: string }
}
