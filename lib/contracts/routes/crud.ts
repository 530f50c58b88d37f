import type { z } from 'zod'
import { pageOf, pageQuerySchema, type Role } from '../common'
import type { ApiRoute } from './api-route'

interface Crud {
  item: z.ZodType
  create: z.ZodType
  update: z.ZodType
  remove: boolean
  filter?: z.ZodObject
  /** Who may read; administrators alone change. */
  read?: Role
}

/** The usual operations of a configured thing: list, create, read, change and, where it has one, delete. */
export function crud(path: `/api/v1/${string}`, one: string, many: string, shapes: Crud): ApiRoute[] {
  const read = shapes.read ?? 'viewer'
  const query = shapes.filter ? pageQuerySchema.extend(shapes.filter.shape) : pageQuerySchema
  const byId: ApiRoute['path'] = `${path}/{id}`
  const a = /^[aeio]/.test(one) ? 'an' : 'a'
  const routes: ApiRoute[] = [
    { method: 'get', path, summary: `List ${many}`, role: read, query, status: 200, answer: pageOf(shapes.item) },
    {
      method: 'post',
      path,
      summary: `Create ${a} ${one}`,
      role: 'admin',
      body: shapes.create,
      status: 201,
      answer: shapes.item,
    },
    { method: 'get', path: byId, summary: `Read ${a} ${one}`, role: read, status: 200, answer: shapes.item },
    {
      method: 'patch',
      path: byId,
      summary: `Change ${a} ${one}`,
      role: 'admin',
      body: shapes.update,
      status: 200,
      answer: shapes.item,
    },
  ]
  if (shapes.remove) {
    routes.push({ method: 'delete', path: byId, summary: `Delete ${a} ${one}`, role: 'admin', status: 204 })
  }
  return routes
}
