import { roleSchema } from '../../contracts/common'
import type { Token } from '../../contracts/people'
import type { ApiTokenModel } from '../generated/models/ApiToken'

/** A token as the API shows it: the hash stays here; `hint` is how its owner recognises it. */
export function toToken(row: ApiTokenModel): Token {
  return {
    id: row.id,
    name: row.name,
    role: roleSchema.parse(row.role),
    scopes: row.scopes,
    sourceIds: row.sourceIds,
    hint: row.hint,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  }
}
