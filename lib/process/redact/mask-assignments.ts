import { mask } from './mask'

/** How what must not be seen is called at the end of its name, whatever stands before it (PGPASSWORD, client_secret). */
const names =
  /(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|signature|(?:api|access|secret|private|master|account)[-_]?key|(?<![a-z])sig)|authorization|(?<![a-z])(?:set-)?cookie/gi
/** A closing quote of the name (JSON; with backslashes when it is JSON inside JSON), and what assigns. */
const assign = /(\\*["'])?\s*([=:])\s*/y
const quote = /\\{0,7}["']/y
const unquoted = /[^\s&;,'"\\]*/y
const header = /^(?:authorization|(?:set-)?cookie)$/i

/**
 * Text without the values of what is called a password, secret, token or key: `password=x`, `PGPASSWORD='x y'`,
 * `"secret": "x"`, `Authorization: Basic x`. A value whose quote does not close (it was cut off) goes to the end of its
 * line. A colon counts only after a name or before a value in quotes: prose has colons too.
 *
 * Linear: the next search begins behind the last value, and a quote that is not closed once is not looked for again.
 */
export function maskAssignments(text: string): string {
  let clean = ''
  let done = 0
  const unclosed = new Set<string>()
  names.lastIndex = 0
  for (let name = names.exec(text); name; name = names.exec(text)) {
    const assigned = at(assign, text, name.index + name[0].length)
    if (!assigned) continue
    const [all, closesName, sign] = assigned
    const start = name.index + name[0].length + all.length
    const opening = at(quote, text, start)?.[0] ?? ''
    const isHeader = header.test(name[0])
    if (sign === ':' && opening === '' && closesName === undefined && !isHeader) continue
    const bare = isHeader && sign === ':' ? lineEnd : bareEnd
    const end = opening === '' ? bare(text, start) : quotedEnd(text, start, opening, unclosed)
    if (end === start) continue
    const kept = sign === ':' ? opening : ''
    clean += text.slice(done, start) + kept + mask + kept
    done = end
    names.lastIndex = end
  }
  return clean + text.slice(done)
}

function quotedEnd(text: string, start: number, opening: string, unclosed: Set<string>): number {
  const end = unclosed.has(opening) ? -1 : closingQuote(text, start + opening.length, opening)
  if (end >= 0) return end
  unclosed.add(opening)
  return lineEnd(text, start)
}

/** Backslashes belong to the value, except those of a quote that ends what it stands in. */
function bareEnd(text: string, start: number): number {
  for (let end = start; ; end += 1) {
    end += at(unquoted, text, end)?.[0].length ?? 0
    if (text[end] !== '\\' || /["']/.test(text[end + 1] ?? '')) return end
  }
}

/**
 * Behind the quote that closes, -1 when there is none. At each level of JSON inside JSON a quote has twice as many
 * backslashes and one; more than that belong to a quote or a backslash of the value itself.
 */
function closingQuote(text: string, from: number, opening: string): number {
  const depth = opening.length - 1
  const character = opening.charAt(depth)
  for (let found = text.indexOf(character, from); found >= 0; found = text.indexOf(character, found + 1)) {
    let backslashes = 0
    while (found - backslashes > from && text[found - backslashes - 1] === '\\') backslashes += 1
    if (backslashes >= depth && (backslashes - depth) % (2 * depth + 2) === 0) return found + 1
  }
  return -1
}

function lineEnd(text: string, from: number): number {
  const newline = text.indexOf('\n', from)
  return newline < 0 ? text.length : newline
}

function at(pattern: RegExp, text: string, index: number): RegExpExecArray | null {
  pattern.lastIndex = index
  return pattern.exec(text)
}
