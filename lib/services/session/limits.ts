/** A session that is not used for this long ends. */
export const sessionIdleMs = 12 * 3_600_000
/** A session ends after this long, used or not. */
export const sessionMaxMs = 7 * 24 * 3_600_000
/** Use is written down at most this often. */
export const sessionTouchMs = 60_000

/** Failures of one account in its own sessions, after which these ask it no more. */
export const failuresPerEmail = 5
/** Failures of one account from one place, after which it is locked there, known or not. */
export const failuresPerAccountAndPlace = 5
/** Failures from one place: more, since an office shares an address. */
export const failuresPerPlace = 20
export const lockoutMs = 15 * 60_000
