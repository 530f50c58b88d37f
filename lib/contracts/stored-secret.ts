import type { SecretReach } from '../core/secrets/secret-reach'

/** One secret of an engine or a destination: a write-only field beside the settings that it belongs to. */
export interface StoredSecret {
  /** The field, as it is entered: `password`. */
  name: string
  /** What a change of the settings beside it does to the stored one. */
  reach: SecretReach
}

/** Settings as they are entered, taken apart: what may be shown, and the secrets, of which an empty one is to be removed. */
export interface SplitSecrets {
  settings: Record<string, unknown>
  secrets: Record<string, string>
}

/** Takes the write-only fields out of settings, so that none can be stored beside the rest by mistake. */
export function splitSecrets(
  kinds: readonly Pick<StoredSecret, 'name'>[],
  entered: Readonly<Record<string, unknown>>,
): SplitSecrets {
  const settings = { ...entered }
  const secrets: Record<string, string> = {}
  for (const { name } of kinds) {
    const value = settings[name]
    delete settings[name]
    if (typeof value === 'string') secrets[name] = value
  }
  return { settings, secrets }
}
