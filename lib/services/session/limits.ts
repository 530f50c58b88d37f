/** A session that is not used for this long ends. */
export const sessionIdleMs = 12 * 3_600_000
/** A session ends after this long, used or not. */
export const sessionMaxMs = 7 * 24 * 3_600_000
/** Use is written down at most this often. */
export const sessionTouchMs = 60_000

/** Failures of one e-mail address after which it is locked, known or not. */
export const failuresPerEmail = 5
/** Failures from one client address: more, since an office shares one. */
export const failuresPerAddress = 20
export const lockoutMs = 15 * 60_000
