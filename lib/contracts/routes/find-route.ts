import { apiRoutes } from '../openapi'
import type { ApiRoute } from './api-route'

/** What decides who may use an operation. */
export type RouteAccess = Pick<ApiRoute, 'role' | 'scope' | 'perSource'>

/** Beside the API: what Prometheus scrapes. It shows the whole instance. */
const metrics: RouteAccess = { role: 'viewer', scope: 'metrics:read' }

const isPlaceholder = (part: string) => part.startsWith('{')

const patterns = apiRoutes.map((route) => {
  const parts = route.path.split('/').slice(1)
  return { route, parts, literals: parts.filter((part) => !isPlaceholder(part)).length }
})

/**
 * The listed operation that a request is for; undefined for what is not listed, which tokens with scopes or sources must
 * then be refused. A segment that is spelled out wins over `{id}`, as it does in Next's folders.
 */
export function findRoute(method: string, pathname: string): RouteAccess | undefined {
  const wanted = method === 'HEAD' ? 'get' : method.toLowerCase()
  const segments = decoded(pathname)
  if (!segments) return undefined
  if (wanted === 'get' && segments.join('/') === 'metrics') return metrics
  let best: (typeof patterns)[number] | undefined
  for (const pattern of patterns) {
    const { route, parts, literals } = pattern
    if (route.method !== wanted || parts.length !== segments.length) continue
    if (!parts.every((part, index) => isPlaceholder(part) || part === segments[index])) continue
    if (!best || literals > best.literals) best = pattern
  }
  return best?.route
}

/** The path's segments as Next reads them: decoded, without a slash at the end. */
function decoded(pathname: string): string[] | undefined {
  try {
    return pathname.replace(/\/+$/, '').split('/').slice(1).map(decodeURIComponent)
  } catch {
    return undefined
  }
}
