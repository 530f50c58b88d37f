import { lineEnd, quoteEnd } from './split-sql'

/**
 * Statements as the words that stand outside of every bracket: names, numbers, texts in quotes, commas, and each pair of
 * brackets with all that is between as one word. Comments are left out. For SQL as the server writes it.
 */
export function topLevel(sql: string): string[][] {
  const statements: string[][] = [[]]
  let word = ''
  const end = () => {
    if (word) statements.at(-1)?.push(word)
    word = ''
  }
  let at = 0
  while (at < sql.length) {
    const char = sql.charAt(at)
    if (sql.startsWith('--', at)) {
      end()
      at = lineEnd(sql, at)
    } else if (char === '(' || char === '[') {
      if (char === '(') end()
      const behind = bracketEnd(sql, at)
      word += sql.slice(at, behind)
      if (char === '(') end()
      at = behind
    } else if (char === "'" || char === '"' || char === '$') {
      const behind = quotedEnd(sql, at)
      word += sql.slice(at, behind)
      at = behind
    } else {
      if (/[\s,;]/.test(char)) end()
      if (char === ',') statements.at(-1)?.push(char)
      if (char === ';') statements.push([])
      if (!/[\s,;]/.test(char)) word += char
      at += 1
    }
  }
  end()
  return statements.filter((words) => words.length > 0)
}

function bracketEnd(sql: string, start: number): number {
  let depth = 0
  let at = start
  while (at < sql.length) {
    const char = sql.charAt(at)
    if (char === "'" || char === '"' || char === '$') {
      at = quotedEnd(sql, at)
      continue
    }
    if (char === '(' || char === '[') depth += 1
    if (char === ')' || char === ']') depth -= 1
    at += 1
    if (depth === 0) return at
  }
  return sql.length
}

/** The offset behind `'...'`, `"..."` or `$tag$...$tag$`; behind the character when it quotes nothing. */
function quotedEnd(sql: string, start: number): number {
  if (sql.charAt(start) !== '$') return quoteEnd(sql, start)
  const tag = /^\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/.exec(sql.slice(start, start + 130))?.[0]
  if (tag === undefined || /\w/.test(sql.charAt(start - 1))) return start + 1
  const closing = sql.indexOf(tag, start + tag.length)
  return closing < 0 ? sql.length : closing + tag.length
}
