import type { AuditSearch } from '@/lib/client/queries/audit'

/** What the address asks for, as the API takes it. Days are the viewer's; the last one is included. */
export function auditSearch(get: (name: string) => string | undefined): AuditSearch {
  const day = (name: string, days: number) => {
    const value = get(name)
    if (!value) return undefined
    const date = new Date(`${value}T00:00:00`)
    if (Number.isNaN(date.getTime())) return undefined
    date.setDate(date.getDate() + days)
    return date.toISOString()
  }
  return {
    action: get('area'),
    actorType: get('by'),
    actor: get('who'),
    subjectId: get('subject'),
    from: day('from', 0),
    to: day('to', 1),
  }
}
