import { canonicalJson } from '@/lib/core/evidence/canonical-json'
import { storableJson } from './storable-json'

export type FieldChanges = Record<string, { from: unknown; to: unknown }>

/**
 * What differs between two states of a thing, field by field, for an audit row: `{ port: { from: 5432, to: 5433 } }`.
 * Give it what the API shows, never sealed or plain secrets; for those say only that they changed (`secretChange`).
 * `shown` may shorten what is put down of a value that differs.
 */
export function fieldChanges(
  before: object,
  after: object,
  shown: (value: unknown) => unknown = (value) => value,
): FieldChanges {
  const from = plain(before)
  const to = plain(after)
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort()
  return Object.fromEntries(
    names
      .filter((name) => canonicalJson(from[name] ?? null) !== canonicalJson(to[name] ?? null))
      .map((name) => [name, { from: shown(from[name] ?? null), to: shown(to[name] ?? null) }]),
  )
}

/** An address without the part that may be a secret: anyone who knows the full URL of a webhook can post to it. */
export function withoutPath(value: unknown): unknown {
  if (typeof value !== 'string' || !/^https?:\/\//i.test(value) || !URL.canParse(value)) return value
  return `${new URL(value).origin}/…`
}

/** A secret was set, replaced or taken away; what it is stays out of the log. */
export function secretChange(name: string, before: string | null, after: string | null): FieldChanges {
  if (before === after) return {}
  const words = (value: string | null) => (value === null ? 'not set' : 'set')
  return { [`${name}Set`]: { from: words(before), to: before !== null && after !== null ? 'replaced' : words(after) } }
}

/** The same for secrets by the names of their fields. */
export function secretChanges(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): FieldChanges {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return Object.assign({}, ...names.map((name) => secretChange(name, before[name] ?? null, after[name] ?? null)))
}

function plain(value: object): Record<string, unknown> {
  const json = storableJson(value)
  return typeof json === 'object' && json !== null ? { ...json } : {}
}
