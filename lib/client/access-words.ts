import type { Approval, CreatedInvitation, GuardedAction, Invitation, SignInMethod } from '@/lib/contracts/access'
import type { Tone } from '@/lib/client/words'

export const signInMethodWords: Record<SignInMethod, string> = {
  password: 'Password',
  totp: 'Password and code',
  oidc: 'Single sign-on',
}

export const invitationWords: Record<Invitation['state'], { label: string; tone: Tone }> = {
  open: { label: 'Waiting', tone: 'info' },
  accepted: { label: 'Taken up', tone: 'neutral' },
  expired: { label: 'Expired', tone: 'warn' },
  revoked: { label: 'Revoked', tone: 'neutral' },
}

export const mailWords: Record<CreatedInvitation['mail'], string> = {
  sent: 'It was also mailed to them.',
  failed: 'Mailing it did not work; hand it over yourself.',
  'no-channel': 'There is no e-mail channel to send it with; hand it over yourself.',
}

export const approvalWords: Record<Approval['state'], { label: string; tone: Tone }> = {
  waiting: { label: 'Waiting', tone: 'warn' },
  approved: { label: 'Agreed', tone: 'info' },
  refused: { label: 'Refused', tone: 'bad' },
  used: { label: 'Done', tone: 'neutral' },
  expired: { label: 'Expired', tone: 'neutral' },
}

export const guardedWords: Record<GuardedAction, string> = {
  'backup.delete': 'Deleting backups',
  'source.delete': 'Deleting sources',
  'source.restore-grant': "Restores with another source's role",
  'destination.delete': 'Deleting destinations',
  'retention-policy.shorten': 'Shorter retention policies',
  'recovery-kit.create': 'The recovery kit',
  'user.grant-admin': 'New administrators',
  'user.reset-credentials': 'New passwords and second factors for others',
  'token.create-admin': 'API tokens with the administrator role',
  'settings.access': 'Who gets in: single sign-on, and turning this off',
}
