import type { SecretReach } from '@/lib/core/secrets/secret-reach'

/** Said while nothing else is typed beside a stored secret. */
export const keptSecretHint = 'Leave empty to keep the stored one'

/**
 * The hint of a secret's field while a secret is stored: that it may stay empty, or, once what was typed beside it would
 * lead the stored one elsewhere, that it is needed again. The server decides by the same rule.
 */
export function storedSecretHint(reach: SecretReach | null | undefined, stored: object, typed: object): string {
  const merged = { ...stored, ...typed }
  const given = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null && value !== undefined))
  const changes = reach?.changes(stored, given) ?? []
  if (changes.length === 0) return keptSecretHint
  const what = [...new Set(changes.map(({ called }) => called))].join(', ')
  return `Enter it again: ${what} changed`
}
