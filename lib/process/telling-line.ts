/** The line of a tool's messages that says what went wrong: its last error, else the last line with a word; empty: none. */
export function tellingLine(stderr: string): string {
  const lines = stderr.trim().split('\n')
  const told = lines.findLast((line) => /error:/i.test(line)) ?? lines.findLast((line) => /\w/.test(line))
  return told?.trim() ?? ''
}
