/** What stands in the place of a secret that should not have been there. The catalog's trigger knows the same word. */
export const redactedMark = '(redacted)'

/** Longer ones are cut there: bounds make the patterns linear. */
const longest = 512
/** `://user:password@`, to the last "@" of the word, and not the port of a host with an "@" in its path. */
const inUrl = new RegExp(String.raw`(://[^\s:/@]{0,${longest}}:)(?!\d{1,5}[/?#])([^\s]{1,${longest}})(?=@)`, 'g')
const value = String.raw`'(?:[^'\\]|\\.){1,${longest}}'|"(?:[^"\\]|\\.){1,${longest}}"|[^\s&;,'"]{1,${longest}}`
/** `?password=...` of a URL, and `PGPASSWORD=...`. */
const inVariable = new RegExp(String.raw`([?&]password=|\bPGPASSWORD\s{0,9}=\s{0,9})(${value})`, 'gi')
/** `password=...` of a libpq string: only beside another of its words, since it is a word of SQL as well. */
const inKeywords = new RegExp(String.raw`(\bpassword\s{0,9}=\s{0,9})(${value})`, 'gi')
const otherKeyword = /\b(?:host|hostaddr|port|user|dbname|sslmode)\s{0,9}=/i

/** Already taken out, by us or by what wrote it. */
const blank = new Set([redactedMark, '***', '(secret)'])
const blanked = (whole: string, before: string, secret: string): string =>
  blank.has(secret) ? whole : `${before}${redactedMark}`

/** A text without the passwords of connections that were pasted into it: URLs, libpq's strings, psql's variables. */
export function maskExposedText(text: string): string {
  const masked = text.replace(inUrl, blanked).replace(inVariable, blanked)
  return otherKeyword.test(masked) ? masked.replace(inKeywords, blanked) : masked
}

export const exposesSecret = (text: string): boolean => maskExposedText(text) !== text

/** The same for every text in a value of JSON; what holds none is as it was. */
export function maskExposed<T>(value: T): T {
  return maskAny(value, [], []) as T // Texts stay texts, and nothing else is touched.
}

/** Dotted paths of the texts that hold one. */
export function exposedPaths(value: unknown): string[] {
  const found: string[] = []
  maskAny(value, [], found)
  return found
}

function maskAny(value: unknown, path: readonly string[], found: string[]): unknown {
  if (typeof value === 'string') {
    const masked = maskExposedText(value)
    if (masked !== value) found.push(path.join('.'))
    return masked
  }
  if (Array.isArray(value)) return value.map((each, at) => maskAny(each, [...path, String(at)], found))
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, maskAny(each, [...path, name], found)]))
}
