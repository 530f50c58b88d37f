import { roleSchema } from '../../contracts/common'
import type { User } from '@/lib/contracts/people/people'
import type { UserModel } from '../generated/models/User'

/** A user as the API shows them: no hash, no counters. */
export function toUser(row: UserModel): User {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: roleSchema.parse(row.role),
    disabled: row.disabledAt !== null,
    secondFactor: row.totpConfirmedAt !== null,
    signsInWith: [
      ...(row.passwordHash === null ? [] : (['password'] as const)),
      ...(row.oidcSubject === null ? [] : (['oidc'] as const)),
    ],
    createdAt: row.createdAt.toISOString(),
  }
}
