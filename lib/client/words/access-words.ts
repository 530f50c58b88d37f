import type {
  Approval,
  CreatedInvitation,
  GuardedAction,
  Invitation,
  SignInLock,
  SignInMethod,
} from '@/lib/contracts/people/access'
import type { Tone } from './words'

export const signInMethodWords: Record<SignInMethod, string> = {
  password: 'Password',
  totp: 'Password and code',
  oidc: 'Single sign-on',
}

export const signInLockWords: Record<SignInLock['kind'], string> = {
  'account-at-address': 'Locked for this address',
  address: 'This address is locked',
  device: 'A known browser with too many failures',
  codes: 'No more codes to pass a lock',
  account: 'Too many wrong codes, or wrong passwords in a session',
  slowed: 'Failures from many places: strangers wait, nobody is locked out',
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
  'no-address': 'It was not mailed: no public address (NEXTAUTH_URL) is set. Hand it over yourself.',
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
