import type { ComponentType } from 'react'

/** What the screens know of one kind of destination beyond its contract; the rest of them asks nobody's name. */
export interface KindScreen<Config extends object = object> {
  /** `config` of the form of a new destination, as it is typed: text is empty, numbers and choices are null. */
  empty: Config
  /** The same of what is stored; secrets are never stored there and are empty. */
  valuesOf(config: Readonly<Record<string, unknown>>): Config
  /** What is sent. A field that is empty is left out, so that an empty secret keeps the stored one. */
  configOf(values: Config): Record<string, unknown>
  /** Sections of the form, with fields named `config.…` as the contract has them. */
  Fields: ComponentType<KindFieldsProps>
}

export interface KindFieldsProps {
  /** By the names of the secrets that are stored: whether the field may stay empty. */
  secretHints: Readonly<Record<string, string>>
}
