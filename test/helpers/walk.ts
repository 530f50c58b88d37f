import path from 'node:path'
import { apiRoutes } from '@/lib/contracts/openapi'
import type { ApiRoute } from '@/lib/contracts/routes/api-route'
import { call } from './web'

export const apiRoot = path.resolve(import.meta.dirname, '../../app/api/v1')
export const unknownId = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11'

/** A file of a log. */
const fileName = '000000010000000000000001'

export const routeName = (route: Pick<ApiRoute, 'method' | 'path'>) => `${route.method.toUpperCase()} ${route.path}`

/** Every operation that is not for everyone. */
export const guardedRoutes = apiRoutes.filter((route) => route.role !== 'public')

const fileOf = (route: ApiRoute) =>
  path.join(
    apiRoot,
    route.path.replace('/api/v1/', '').replaceAll('{id}', '[id]').replaceAll('{name}', '[name]'),
    'route.ts',
  )

/** Calls the handler that Next would call for this operation, at its real address. */
export async function send(
  route: ApiRoute,
  options: { token?: string; headers?: Record<string, string>; id?: string; body?: unknown } = {},
) {
  const handlers: Record<string, Parameters<typeof call>[0]> = await import(fileOf(route))
  const handler = handlers[route.method.toUpperCase()]
  if (!handler) throw new Error(`${routeName(route)} has no handler`)
  const id = options.id ?? unknownId
  return call(handler, {
    method: route.method.toUpperCase(),
    path: route.path.replaceAll('{id}', id).replaceAll('{name}', fileName),
    params: { id, ...(route.path.includes('{name}') ? { name: fileName } : {}) },
    ...(options.token ? { token: options.token } : {}),
    ...(options.headers ? { headers: options.headers } : {}),
    ...(options.body === undefined ? {} : { body: options.body }),
  })
}
