import { HoldfastError } from '../holdfast-error'

/**
 * What one field of a kind's settings says about the stored secret beside it.
 *
 * `aside`: neither where the secret goes nor what protects it there. `readWith`: a part of another field's answer.
 * `where`: the places that the secret is sent to. `strength`: how well it is protected on the way, more is better.
 * `trust`: whose word is taken for who the receiver is; null while nobody's word is asked for.
 */
export type FieldReach<C> =
  | 'aside'
  | { readWith: keyof C & string }
  | { called: string; where: (settings: C) => string[] }
  | { called: string; strength: (settings: C) => number }
  | { called: string; trust: (settings: C) => string | null }

/** How far a stored secret reaches: declared beside the contract of every kind that has one. */
export interface SecretReach {
  /** The write-only field, as requests name it: `connection.password`. */
  secretField: string
  /** What people call it. */
  secretName: string
  /** What each field of the settings says; every field says something. */
  fields: Readonly<Record<string, FieldReach<never>>>
  /** What a change of the settings does to the secret that is stored. */
  changes(before: unknown, after: unknown): ReachChange[]
}

export interface ReachChange {
  /** What people call the field. */
  called: string
  /** `moved`: it goes to another place. `weaker`: less protects it. `trust`: another says who the receiver is. */
  kind: 'moved' | 'weaker' | 'trust'
}

/** A schema of settings without the secret. */
interface Readable<C> {
  safeParse(value: unknown): { success: true; data: C } | { success: false }
}

/**
 * Declares the reach of a kind's secret, field by field: a field that says nothing does not compile. Settings that cannot
 * be read count as another place.
 */
export function declareReach<C extends object>(
  settings: Readable<C>,
  secret: { field: string; name: string },
  fields: { readonly [F in keyof Required<C>]: FieldReach<C> },
): SecretReach {
  const each: FieldReach<C>[] = Object.values(fields)
  return {
    secretField: secret.field,
    secretName: secret.name,
    fields,
    changes(before, after) {
      const [was, is] = [settings.safeParse(before), settings.safeParse(after)]
      if (!is.success) return [{ called: 'settings', kind: 'moved' }]
      return each.flatMap((field) => changeOf(field, was.success ? was.data : null, is.data) ?? [])
    },
  }
}

function changeOf<C>(field: FieldReach<C>, before: C | null, after: C): ReachChange | null {
  if (field === 'aside' || 'readWith' in field) return null
  const { called } = field
  if ('where' in field) {
    const known = new Set(before === null ? [] : field.where(before))
    return field.where(after).every((place) => known.has(place)) ? null : { called, kind: 'moved' }
  }
  if (before === null) return null
  if ('strength' in field) return field.strength(after) < field.strength(before) ? { called, kind: 'weaker' } : null
  const trusted = field.trust(before)
  // Where nobody was asked, asking anybody is no loss; asking nobody any more is covered by the strength.
  return trusted === null || trusted === (field.trust(after) ?? trusted) ? null : { called, kind: 'trust' }
}

const consequence: Record<ReachChange['kind'], string> = {
  moved: 'is sent only where it was entered for',
  weaker: 'is not sent with less protection than it was entered for',
  trust: 'is not sent to whom another authority vouches for',
}

/**
 * A secret that is stored, and not given anew, is never sent to another place or with less protection than it was
 * entered for. Throws `secret-needed` at the secret's field (security 11).
 */
export function requireSameReach(reach: SecretReach, before: unknown, after: unknown): void {
  const changes = reach.changes(before, after)
  const [first] = changes
  if (!first) return
  const { secretField, secretName } = reach
  const what = [...new Set(changes.map(({ called }) => called))].join(', ')
  const message = `Enter the ${secretName} again: ${what} changed, and a stored ${secretName} ${consequence[first.kind]}.`
  throw new HoldfastError('secret-needed', message, {
    remedy: `Send the ${secretName} together with the change, or leave ${what} as it was.`,
    facts: { errors: [{ path: secretField, message }] },
  })
}
