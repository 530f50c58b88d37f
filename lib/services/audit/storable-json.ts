import { maskExposedText } from '@/lib/core/secrets/exposed-secret'

const secretName =
  /^(pass(word|phrase|code)?|.*password|.*secret|secret.*key|.*private.?key|.*accesskey|token|.*[a-z]Token|.*credentials?|.*recovery.?codes?|identity|authorization|cookie)$/i

/**
 * A value as a JSON column keeps it, so that it reads back as it was hashed: Dates as text, absent fields dropped, and
 * no half characters or NUL, which PostgreSQL refuses (a failed sign-in with such an address must still be recorded).
 * Text under a name that means a secret is left out, and so are passwords of connections that somebody pasted where they
 * do not belong: services never hand secrets over, and if one did, it stays out.
 */
export function storableJson(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (name, part: unknown) => {
      if (typeof part !== 'string') return part
      if (secretName.test(name)) return '(secret)'
      return maskExposedText(part.toWellFormed().replaceAll('\0', '\ufffd'))
    }),
  )
}
