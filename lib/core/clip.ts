/** What is kept of a message: more than anybody reads, little enough to be stored, sent and redacted at no cost. */
export const messageCharacters = 4_000
/** What is kept of a fact beside a message, such as the last lines of a tool. */
export const factCharacters = 16_000

/** Within so many characters before the cut a word is dropped whole: it may be the half of a secret. */
const wordCharacters = 512

/**
 * The beginning of a text from outside (a server's error, a tool's last words, a store's or a receiver's answer), with a
 * note of how much was left out. It is cut where it enters, before anything else touches it. The cut never leaves half a
 * word: a redactor would not know the half of a password.
 */
export function clip(text: string, characters: number = messageCharacters): string {
  if (text.length <= characters) return text
  const head = text.slice(0, characters)
  const lastWord = head.slice(-wordCharacters).search(/\s\S*$/)
  const kept = head.slice(0, Math.max(0, head.length - wordCharacters) + Math.max(0, lastWord)).trimEnd()
  return `${kept} … (${text.length - kept.length} more characters)`
}

/** A value of facts with every text in it clipped. What lies deeper than facts ever do is left out. */
export function clipFacts(value: unknown, depth = 4): unknown {
  if (typeof value === 'string') return clip(value, factCharacters)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (depth === 0) return '…'
  if (Array.isArray(value)) return value.map((item) => clipFacts(item, depth - 1))
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, clipFacts(item, depth - 1)]))
}
