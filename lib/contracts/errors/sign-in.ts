import type { ErrorEntry } from './error-entry'

/** Signing in, accounts and the first set-up. */
export const signInErrors = {
  'sign-in-failed': {
    status: 401,
    cause: 'The e-mail address or the password is wrong, or the account is disabled. The answer never says which.',
    remedy:
      'Check both. After five failures the account is locked for 15 minutes. An administrator can make a link for a new password.',
  },
  'rate-limited': {
    status: 429,
    cause: 'Too many passwords, codes or set-up codes were wrong.',
    remedy:
      'Wait for the time in `Retry-After`. If none of your people did it, check the failed sign-ins in the audit log.',
  },
  'second-factor-needed': {
    status: 401,
    cause: 'The password is right, and the account also has a second factor.',
    remedy: 'Sign in with a code of the authenticator app, or with a recovery code.',
  },
  'second-factor-wrong': {
    status: 400,
    cause: 'The code is wrong or expired, or was used before.',
    remedy:
      'Enter the newest code. If it is refused again, correct the clocks of the phone and of the machine that runs Holdfast.',
  },
  'second-factor-exists': {
    status: 409,
    cause: 'The account has a second factor already.',
    remedy: 'To replace it, remove it first.',
  },
  'second-factor-missing': {
    status: 422,
    cause: 'The account has no second factor, so it has no recovery codes either.',
    remedy: 'Set a second factor up first.',
  },
  'second-factor-not-begun': {
    status: 422,
    cause: 'A code was sent to confirm a second factor, but set-up was not started.',
    remedy: 'Start again and scan the new QR code.',
  },
  'no-password': {
    status: 422,
    cause: 'The account signs in through the identity provider and has no password here.',
    remedy: 'Change the password at the identity provider.',
  },
  'invitation-ended': {
    status: 422,
    cause: 'The link of an invitation, or for a new password, is wrong, expired, used or withdrawn.',
    remedy: 'Ask an administrator for a new link. A link works once, for seven days.',
  },
  'setup-code-wrong': {
    status: 403,
    cause: 'The code for making the first administrator is not the one that the start printed.',
    remedy: 'Copy it from what `npm start` printed, or from the file in the data folder that the answer names.',
  },
  'setup-code-missing': {
    status: 403,
    cause: 'There is no set-up code on this machine for creating the first administrator.',
    remedy: 'Start Holdfast again: while there is no administrator, the start prints one.',
  },
  'setup-done': {
    status: 409,
    cause: 'The instance has an administrator already.',
    remedy: 'Sign in, or ask an administrator for an account.',
  },
  'oidc-no-role': {
    status: 422,
    cause: 'The identity provider reports no group of this person that has a role in Holdfast.',
    remedy:
      'Put the person into a group that has a role, or give one of their groups a role under Settings, Single sign-on. Test there shows which groups the provider names.',
  },
  'oidc-disabled': {
    status: 422,
    cause: 'The account of this person is disabled in Holdfast.',
    remedy: 'An administrator enables it under Settings.',
  },
  'oidc-no-email': {
    status: 422,
    cause: 'The identity provider did not send a valid e-mail address.',
    remedy: 'Let the provider put the `email` claim into the ID token or the user info.',
  },
  'oidc-account-exists': {
    status: 422,
    cause:
      'An account with the same e-mail address exists and signs in with a password or as another subject of the provider, or the provider does not call the address verified. It is not handed over.',
    remedy: 'Sign in as that account does, or let an administrator invite the person under another address.',
  },
  'oidc-incomplete': {
    status: 422,
    cause: 'Single sign-on cannot be tested before its issuer and client id are saved.',
    remedy: 'Enter and save both first.',
  },
} satisfies Record<string, ErrorEntry>
