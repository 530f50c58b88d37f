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
      .map(([name, part]) => `${nameWords(name)}: ${valueWords(part)}`)
      .join('; ')
  }
  return String(value)
}

/** A name made for programs, such as `timeZone` or `roleByGroup`, as people write it. */
export function nameWords(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[-_.]/g, ' ')
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Actions that their subject and verb do not say well. */
const wholeActions: Record<string, string> = {
  'audit.redact': 'Event redacted',
  'secrets.redact-record': 'Readable password blanked',
  'session.sign-in': 'Signed in',
  'session.sign-in-failed': 'Sign-in failed',
  'session.sign-out': 'Signed out',
  'session.step-up': 'Identity confirmed',
  'session.end-others': 'Other sessions ended',
  'session.lift-lock': 'Sign-in lock lifted',
  'setup.first-administrator': 'First administrator made',
  'user.change-password': 'Password changed',
  'user.change-password-failed': 'Wrong current password',
  'user.password-link': 'Link for a new password made',
  'second-factor.recovery-code-used': 'Recovery code used',
  'second-factor.renew-recovery-codes': 'New recovery codes made',
  'master-key.rotate': 'Replacing the master key begun',
  'master-key.rotated': 'Master key replaced',
  'recovery.query': 'Statement run in a look',
  'recovery.extend': 'Look kept for longer',
  'settings.test-oidc': 'Single sign-on tested',
}

const done: Record<string, string> = {
  create: 'created',
  update: 'changed',
  delete: 'deleted',
  start: 'started',
  test: 'tested',
  run: 'run by hand',
  resume: 'resumed',
  revoke: 'revoked',
  cancel: 'cancelled',
  acknowledge: 'acknowledged',
  request: 'asked for',
  export: 'exported',
  download: 'downloaded',
  copy: 'copied',
  keep: 'kept',
  thaw: 'brought back',
  end: 'ended',
  enable: 'turned on',
  disable: 'turned off',
  shorten: 'shortened',
  apply: 'applied',
  confirm: 'confirmed',
}

/** `retention-policy.update` as "Retention policy changed". An action without such words is shown as it is called. */
export function actionWords(action: string): string {
  const at = action.lastIndexOf('.')
  const verb = done[action.slice(at + 1)]
  return wholeActions[action] ?? nameWords(verb ? `${action.slice(0, at)} ${verb}` : action)
}
