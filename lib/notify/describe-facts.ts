const maxValueLength = 500

function toText(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength)}…` : text
}

/** Facts as lines "name: value" for people; empty ones are left out. */
export function describeFacts(facts: Record<string, unknown>): string[] {
  return Object.entries(facts)
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => `${name}: ${toText(value)}`)
}
