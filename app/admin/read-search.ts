import type { Get } from './seeds'

/** What Next hands a page of its address. */
export type Search = Record<string, string | string[] | undefined>

/** The address as the screens read it: of a name that is given twice the first value, and nothing for an empty one. */
export const readSearch =
  (search: Search): Get =>
  (name) => {
    const value = search[name]
    return Array.isArray(value) ? value[0] : value
  }
