import { z } from 'zod'

/** What a token may be used for, beside its role. A token without scopes may do all that its role may. */
export const tokenScopes = [
  'status:read',
  'metrics:read',
  'alerts:acknowledge',
  'backups:read',
  'backups:run',
  'backups:download',
  'backups:delete',
  'restore-tests:run',
  'restores:run',
  'jobs:cancel',
  'config:read',
  'config:write',
  'log:push',
  'audit:read',
  'admin',
] as const
export const tokenScopeSchema = z.enum(tokenScopes)
export type TokenScope = z.infer<typeof tokenScopeSchema>

/**
 * What an operation asks of a token. `any`: every token may (who am I). `person`: no token may, since it is about a
 * person's own password, sessions or second factor.
 */
export type RouteScope = TokenScope | 'any' | 'person'

/**
 * Whether scopes allow it. `undefined` allows everything; so does `admin`: who may make users and tokens can give
 * themselves the rest, and a list that says otherwise would only look safe.
 */
export function scopeAllows(scopes: readonly TokenScope[] | undefined, needed: RouteScope): boolean {
  if (needed === 'any') return true
  if (needed === 'person') return false
  return scopes === undefined || scopes.includes(needed) || scopes.includes('admin')
}
