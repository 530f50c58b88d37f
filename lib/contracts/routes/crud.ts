import type { z } from 'zod'
import { pageOf, pageQuerySchema, type Role } from '../common'
import type { RouteScope } from '../people/token-scope'
import type { ApiRoute } from './api-route'

interface Crud {
  item: z.ZodType
  create: z.ZodType
  update: z.ZodType
  remove: boolean
  filter?: z.ZodObject
  /** Who may read; administrators alone change. */
  read?: Role
  /** Of a token that reads, and of one that changes; `config:read` and `config:write` unless said otherwise. */
  scopes?: { read: RouteScope; write: RouteScope }
  /** What a token that is limited to sources may do with its own; nothing unless said otherwise. `change` is all but create. */
  perSource?: 'read' | 'change' | 'all'
}

/** The usual operations of a configured thing: list, create, read, change and, where it has one, delete. */
export function crud(path: `/api/v1/${string}`, one: string, many: string, shapes: Crud): ApiRoute[] {
  const read = shapes.read ?? 'viewer'
  const scopes = shapes.scopes ?? { read: 'config:read', write: 'config:write' }
  const seen: Pick<ApiRoute, 'scope' | 'perSource'> = {
    scope: scopes.read,
    ...(shapes.perSource ? { perSource: true } : {}),
  }
  const changed: Pick<ApiRoute, 'scope' | 'perSource'> = {
    scope: scopes.write,
    ...(shapes.perSource === 'change' || shapes.perSource === 'all' ? { perSource: true } : {}),
  }
  const created: Pick<ApiRoute, 'scope' | 'perSource'> = {
    scope: scopes.write,
    ...(shapes.perSource === 'all' ? { perSource: true } : {}),
  }
  const query = shapes.filter ? pageQuerySchema.extend(shapes.filter.shape) : pageQuerySchema
  const byId: ApiRoute['path'] = `${path}/{id}`
  const a = /^[aeio]/.test(one) ? 'an' : 'a'
  const routes: ApiRoute[] = [
    {
      method: 'get',
      path,
      summary: `List ${many}`,
      role: read,
      ...seen,
      query,
      status: 200,
      answer: pageOf(shapes.item),
    },
    {
      method: 'post',
      path,
      summary: `Create ${a} ${one}`,
      role: 'admin',
      ...created,
      body: shapes.create,
      status: 201,
      answer: shapes.item,
    },
    { method: 'get', path: byId, summary: `Read ${a} ${one}`, role: read, ...seen, status: 200, answer: shapes.item },
    {
      method: 'patch',
      path: byId,
      summary: `Change ${a} ${one}`,
      role: 'admin',
      ...changed,
      body: shapes.update,
      status: 200,
      answer: shapes.item,
    },
  ]
  if (shapes.remove) {
    routes.push({
      method: 'delete',
      path: byId,
      summary: `Delete ${a} ${one}`,
      role: 'admin',
      ...changed,
      status: 204,
    })
  }
  return routes
}
