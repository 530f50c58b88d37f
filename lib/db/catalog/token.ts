import { roleSchema, type Role } from '../../contracts/common'
import type { Token } from '@/lib/contracts/people/people'
import { tokenRole } from '../../core/access/token-role'
import type { ApiTokenModel } from '../generated/models/ApiToken'

/** Read with every token: what the person it goes back to may do now. */
export const withMaker = { createdByUser: { select: { role: true, disabledAt: true } } } as const
export type TokenRow = ApiTokenModel & { createdByUser: { role: string; disabledAt: Date | null } | null }

/** The role the token has at this moment; null: the person it goes back to is disabled. */
export function roleNow({ role, createdByUser: maker }: TokenRow): Role | null {
  const person = maker && { role: roleSchema.parse(maker.role), disabled: maker.disabledAt !== null }
  return tokenRole(roleSchema.parse(role), person)
}

/** A token as the API shows it: the hash stays here; `hint` is how its owner recognises it. */
export function toToken(row: TokenRow): Token {
  return {
    id: row.id,
    name: row.name,
    role: roleSchema.parse(row.role),
    roleNow: roleNow(row),
    scopes: row.scopes,
    sourceIds: row.sourceIds,
    hint: row.hint,
    createdBy: row.createdBy,
    userId: row.createdByUserId,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  }
}
