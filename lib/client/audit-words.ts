import type { AuditEvent } from '@/lib/contracts/audit'

/** Who did it, in words. */
export function whoOf({ actor }: Pick<AuditEvent, 'actor'>): string {
  switch (actor.type) {
    case 'user':
      return actor.email
    case 'token':
      return `token ${actor.name}`
    case 'worker':
      return 'the worker'
    case 'cli':
      return `${actor.user} at the command line`
    case 'anonymous':
      return actor.address ? `not signed in, from ${actor.address}` : 'not signed in'
  }
}

export const actorTypeWords = {
  user: 'Users',
  token: 'API tokens',
  worker: 'The worker',
  cli: 'The command line',
  anonymous: 'Not signed in',
} as const

/** A change of one field has the form `{ from, to }`; everything else is shown as it is. */
export function changeOf(value: unknown): { from: unknown; to: unknown } | null {
  if (typeof value !== 'object' || value === null || !('from' in value) || !('to' in value)) return null
  return Object.keys(value).length === 2 ? { from: value.from, to: value.to } : null
}

/** A value of a detail in one line. */
export function valueWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueWords).join(', ')
  const change = changeOf(value)
  if (change) return `${valueWords(change.from)} → ${valueWords(change.to)}`
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, part]) => `${name}: ${valueWords(part)}`)
      .join('; ')
  }
  return String(value)
}
