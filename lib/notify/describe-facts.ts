const maxValueLength = 500

function toText(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength)}…` : text
}

/** Facts for people: names with their values as text; empty ones are left out. */
export function listFacts(facts: Record<string, unknown>): { name: string; value: string }[] {
  return Object.entries(facts)
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => ({ name, value: toText(value) }))
}

/** The same as lines "name: value". */
export function describeFacts(facts: Record<string, unknown>): string[] {
  return listFacts(facts).map(({ name, value }) => `${name}: ${value}`)
}
