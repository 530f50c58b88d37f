/**
 * Words as a POSIX shell makes them of quotes and backslashes; nothing is expanded. A line that ends in a backslash goes
 * on. Null when a quote is not closed.
 */
export function splitWords(text: string): string[] | null {
  const words: string[] = []
  let word: string | null = null
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at)
    if (sign === "'" || sign === '"') {
      const quoted = readQuoted(text, at)
      if (quoted === null) return null
      word = (word ?? '') + quoted.value
      at = quoted.end
    } else if (sign === '\\') {
      at += 1
      if (text.charAt(at) !== '\n') word = (word ?? '') + text.charAt(at)
    } else if (/\s/.test(sign) || /^;(?:\s|$)/.test(text.slice(at, at + 2))) {
      if (word !== null) words.push(word)
      word = null
    } else word = (word ?? '') + sign
  }
  return word === null ? words : [...words, word]
}

/** The quoted part that begins at `start`, and where its closing quote stands. */
function readQuoted(text: string, start: number): { value: string; end: number } | null {
  const quote = text.charAt(start)
  let value = ''
  for (let at = start + 1; at < text.length; at += 1) {
    const sign = text.charAt(at)
    if (sign === quote) return { value, end: at }
    const escapes = quote === '"' && sign === '\\' && /["\\$`\n]/.test(text.charAt(at + 1))
    if (escapes) at += 1
    value += escapes ? text.charAt(at).replace('\n', '') : sign
  }
  return null
}
