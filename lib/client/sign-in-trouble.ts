import type { ErrorCode } from '@/lib/contracts/error-code'
import { formatDuration } from './format/duration'
import { isCode } from './is-code'

export interface SignInTrouble {
  title: string
  remedy?: string
}

/** What next-auth itself says. */
type LibraryCode = 'OAuthSignin' | 'OAuthCallback' | 'Callback' | 'AccessDenied'

const askAdministrator = 'Ask an administrator of Holdfast.'
const providerFailed: SignInTrouble = {
  title: 'The identity provider did not sign you in',
  remedy: 'Try again. If it stays, an administrator finds the reason with Test under Settings, Single sign-on.',
}
const words: Partial<Record<ErrorCode | LibraryCode, SignInTrouble>> = {
  'second-factor-wrong': {
    title: 'The code is wrong, or was used before',
    remedy: 'Wait for the next one. After five failures this account is locked here for 15 minutes.',
  },
  'oidc-no-role': { title: 'None of your groups may use Holdfast', remedy: askAdministrator },
  'oidc-disabled': { title: 'Your account here is disabled', remedy: askAdministrator },
  'oidc-no-email': { title: 'The identity provider did not tell your e-mail address', remedy: askAdministrator },
  'oidc-account-exists': {
    title: 'There is an account with your address that signs in with a password',
    remedy: 'Sign in with the password. An account is not handed over to the identity provider by its address alone.',
  },
  OAuthSignin: { ...providerFailed, title: 'The identity provider cannot be reached' },
  OAuthCallback: providerFailed,
  Callback: providerFailed,
  AccessDenied: providerFailed,
}
const wordsOf = new Map<string, SignInTrouble>(Object.entries(words))

/**
 * What the sign-in answered, in words. The library passes on one string: `rate-limited:<seconds>` when it is locked, a
 * code of Holdfast's, or that it did not match; it never says which of the two was wrong.
 */
export function signInTrouble(error: string): SignInTrouble {
  const [code = '', seconds] = error.split(':')
  if (isCode(code, 'rate-limited')) {
    const waitMs = Number(seconds) * 1_000
    return {
      title: 'Too many sign-ins failed',
      remedy:
        waitMs > 0
          ? `Try again in ${formatDuration(Math.ceil(waitMs / 60_000) * 60_000)}.`
          : 'Try again in 15 minutes.',
    }
  }
  if (isCode(code, 'too-busy')) {
    return { title: 'Too many people are signing in at this moment', remedy: 'Try again in a few seconds.' }
  }
  if (isCode(code, 'sign-in-failed') || code === 'CredentialsSignin' || code === '') {
    return {
      title: 'The e-mail address or the password is wrong',
      remedy: 'After five failures this account is locked here for 15 minutes.',
    }
  }
  return wordsOf.get(code) ?? { title: 'Signing in did not work', remedy: 'Look at the log of the web process.' }
}
