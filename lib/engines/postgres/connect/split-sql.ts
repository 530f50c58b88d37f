/**
 * Statements of a script as pg_dumpall writes it, without their semicolons. Comments, and lines that psql would take as
 * its own commands (`\!` runs a shell), are left out: they are never executed here.
 */
export function splitSql(script: string): string[] {
  const statements: string[] = []
  let from = 0
  let at = 0
  let started = false
  while (at < script.length) {
    const char = script.charAt(at)
    if (script.startsWith('--', at) || (char === '\\' && !started)) {
      const end = lineEnd(script, at)
      if (!started) from = end
      at = end
    } else if (char === ';') {
      if (started) statements.push(script.slice(from, at).trim())
      at += 1
      from = at
      started = false
    } else if (char === "'" || char === '"') {
      started = true
      at = quoteEnd(script, at)
    } else {
      if (!started && !/\s/.test(char)) {
        started = true
        from = at
      }
      at += 1
    }
  }
  if (started) throw new SyntaxError('The script ends inside a statement')
  return statements
}

export function lineEnd(script: string, at: number): number {
  const end = script.indexOf('\n', at)
  return end < 0 ? script.length : end + 1
}

/** The offset behind the closing quote; a doubled quote stands for itself, and in `E'...'` whatever a backslash precedes. */
export function quoteEnd(script: string, start: number): number {
  const quote = script.charAt(start)
  const escapes = quote === "'" && /(^|[^A-Za-z0-9_])[eE]$/.test(script.slice(Math.max(0, start - 2), start))
  for (let at = start + 1; at < script.length; at += 1) {
    const char = script.charAt(at)
    if (char === '\\' && escapes) at += 1
    else if (char === quote && script.charAt(at + 1) === quote) at += 1
    else if (char === quote) return at + 1
  }
  throw new SyntaxError('The script ends inside a quoted text')
}
