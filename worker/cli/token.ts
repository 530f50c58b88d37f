import { z } from 'zod'
import { roleSchema } from '@/lib/contracts/common'
import { tokenScopeSchema, tokenScopes } from '@/lib/contracts/people/token-scope'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ServiceContext } from '@/lib/services/context'
import { createToken } from '@/lib/services/token/create-token'
import { listTokens } from '@/lib/services/token/list-tokens'
import { revokeToken } from '@/lib/services/token/revoke-token'
import { table, time } from './print'
import { sourceId, usageError, type Answer, type Options, type Verb } from './verb'

const usage = 'Use: token create NAME [--role ROLE] [--days N] [--scope SCOPE]..., token list, or token revoke NAME|ID'

/** `token create | list | revoke`: what automation signs in with. */
export const token: Verb = async (ctx, [action, name], options) => {
  if (action === 'create' && name) return create(ctx, name, options)
  if (action === 'list') return list(ctx)
  if (action === 'revoke' && name) return revoke(ctx, name)
  throw usageError(usage)
}

async function create(ctx: ServiceContext, name: string, options: Options): Promise<Answer> {
  const role = roleSchema.safeParse(options.role ?? 'operator')
  if (!role.success) throw usageError('--role is viewer, operator or admin.')
  const days = z.coerce
    .number()
    .int()
    .min(1)
    .max(3_650)
    .safeParse(options.days ?? 90)
  if (!days.success) throw usageError('--days is a number from 1 to 3650.')
  const scopes = z.array(tokenScopeSchema).safeParse(options.scope ?? [])
  if (!scopes.success) throw usageError(`--scope is one of ${tokenScopes.join(', ')}.`)
  const sourceIds = await Promise.all((options['only-source'] ?? []).map((each) => sourceId(ctx, each)))
  const made = await createToken({
    ctx,
    input: { name, role: role.data, expiresInDays: days.data, scopes: scopes.data, sourceIds },
  })
  return { json: made, text: `${made.token}\nShown once; it expires ${time(made.expiresAt)}.`, ok: true }
}

async function list(ctx: ServiceContext): Promise<Answer> {
  const page = await listTokens({ ctx, input: { limit: 200 } })
  const rows = page.items.map((item) => [
    item.id,
    item.name,
    item.role === item.roleNow ? item.role : `${item.role} (now ${item.roleNow ?? 'refused'})`,
    item.scopes.join(' ') || 'all of its role',
    item.sourceIds.length === 0 ? 'all' : String(item.sourceIds.length),
    item.revokedAt ? 'revoked' : item.expiresAt ? time(item.expiresAt) : 'never',
    time(item.lastUsedAt),
  ])
  const text = table(['id', 'name', 'role', 'scopes', 'sources', 'expires', 'last used'], rows)
  return { json: page, text, ok: true }
}

async function revoke(ctx: ServiceContext, name: string): Promise<Answer> {
  const byId = z.uuid().safeParse(name).success ? [{ id: name }] : []
  const rows = await ctx.db.apiToken.findMany({ where: { revokedAt: null, OR: [{ name }, ...byId] } })
  const [row] = rows
  if (!row) throw new HoldfastError('not-found', `There is no token called "${name}".`, { remedy: 'See: token list' })
  if (rows.length > 1) throw usageError(`${rows.length} tokens are called "${name}"; give the id of one.`)
  await revokeToken({ ctx, input: { id: row.id } })
  return { json: { id: row.id, name: row.name }, text: `${row.name} no longer works.`, ok: true }
}
