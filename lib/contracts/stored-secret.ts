import { HoldfastError } from '../core/holdfast-error'
import type { SecretReach } from '../core/secrets/secret-reach'

/** More than any key, certificate or password has. */
const longestSecret = 65_536
export const longestOf = ({ longest }: StoredSecret) => longest ?? longestSecret

/** One secret of an engine or a destination: a write-only field beside the settings that it belongs to. */
export interface StoredSecret {
  /** The field, as it is entered: `password`. */
  name: string
  /** What a change of the settings beside it does to the stored one. */
  reach: SecretReach
  /** Characters that it may have; absent: what every secret may have. */
  longest?: number
}

/** Entered settings, split into what may be shown and the secrets. An empty secret means: remove the stored one. */
export interface SplitSecrets {
  settings: Record<string, unknown>
  secrets: Record<string, string>
}

/**
 * Takes the write-only fields out of settings, so that none can be stored beside the rest by mistake. Throws `invalid-input`
 * for one that is no text, or too long for any.
 */
export function splitSecrets(kinds: readonly StoredSecret[], entered: Readonly<Record<string, unknown>>): SplitSecrets {
  const settings = { ...entered }
  const secrets: Record<string, string> = {}
  for (const kind of kinds) {
    const { name, reach } = kind
    const longest = longestOf(kind)
    const value = settings[name]
    delete settings[name]
    if (value === undefined) continue
    if (typeof value !== 'string' || value.length > longest) throw noSecret(reach, longest)
    secrets[name] = value
  }
  return { settings, secrets }
}

function noSecret({ secretName, secretField }: SecretReach, longest: number): HoldfastError {
  const message = `Enter the ${secretName} as text of at most ${longest} characters; leave it out to keep the stored one.`
  return new HoldfastError('invalid-input', message, { facts: { errors: [{ path: secretField, message }] } })
}
