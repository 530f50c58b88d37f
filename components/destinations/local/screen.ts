import type { KindScreen } from '../kind-screen'
import { LocalFields } from './fields'
import { localConfigOf, localValuesOf, noFolder, type LocalValues } from './values'

export const localScreen: KindScreen<LocalValues> = {
  empty: noFolder,
  valuesOf: localValuesOf,
  configOf: localConfigOf,
  Fields: LocalFields,
}
