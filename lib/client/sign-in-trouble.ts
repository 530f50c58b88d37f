import { formatDuration } from './format/duration'

export interface SignInTrouble {
  title: string
  remedy?: string
}

/**
 * What the sign-in answered, in words. The library passes on one string: `rate-limited:<seconds>` when it is locked, else
 * that it did not match; it never says which of the two was wrong.
 */
export function signInTrouble(error: string): SignInTrouble {
  const [code, seconds] = error.split(':')
  if (code === 'rate-limited') {
    const waitMs = Number(seconds) * 1_000
    return {
      title: 'Too many sign-ins failed',
      remedy:
        waitMs > 0
          ? `Try again in ${formatDuration(Math.ceil(waitMs / 60_000) * 60_000)}.`
          : 'Try again in 15 minutes.',
    }
  }
  if (code === 'sign-in-failed' || code === 'CredentialsSignin' || code === '') {
    return {
      title: 'The e-mail address or the password is wrong',
      remedy: 'After five failures the address is locked for 15 minutes.',
    }
  }
  return { title: 'Signing in did not work', remedy: 'Look at the log of the web process.' }
}
