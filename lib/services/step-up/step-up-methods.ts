import type { StepUpMethod } from '@/lib/contracts/people/access'
import type { UserModel } from '@/lib/db/generated/models/User'

/** How a user can show again who they are: what they know, what they have, or their identity provider. */
export function stepUpMethodsOf(
  user: Pick<UserModel, 'passwordHash' | 'totpConfirmedAt' | 'oidcSubject'>,
): StepUpMethod[] {
  return [
    ...(user.passwordHash === null ? [] : (['password'] as const)),
    ...(user.totpConfirmedAt === null ? [] : (['code'] as const)),
    ...(user.oidcSubject === null ? [] : (['oidc'] as const)),
  ]
}
