import type { Destination } from '@/lib/contracts/destination'
import { destinationContracts, type DestinationKind } from '@/lib/contracts/destinations/index'
import { storedSecretHint } from '@/lib/client/stored-secret-hint'
import { kindScreens, offeredKinds } from './kinds'
import { emptyPlace, placeInputOf, placeValuesOf, type PlaceValues } from './place-values'

/** The form as typed. */
export interface DestinationValues {
  name: string
  kind: DestinationKind
  /** As the screen of the kind has it. */
  config: object
  options: PlaceValues
}

const [usualKind] = offeredKinds

export const emptyDestination: DestinationValues = {
  name: '',
  kind: usualKind,
  config: kindScreens[usualKind].empty,
  options: emptyPlace,
}

export function valuesOfDestination({ name, kind, config, options }: Destination): DestinationValues {
  return { name, kind, config: kindScreens[kind].valuesOf(config), options: placeValuesOf(options) }
}

/** What is sent; empty fields are left out, so that an empty secret keeps the stored one. */
export function destinationInputOf({ name, kind, config, options }: DestinationValues) {
  return { name, kind, config: kindScreens[kind].configOf(config), options: placeInputOf(options) }
}

/** What an edit sends: a field that was emptied takes its limit away. */
export function destinationPatchOf(values: DestinationValues) {
  const { name, config, options } = destinationInputOf(values)
  return {
    name,
    config,
    options: {
      ...options,
      site: options.site ?? null,
      capacityBytes: options.capacityBytes ?? null,
      monthlyBudget: options.monthlyBudget ?? null,
    },
  }
}

/** Of a stored destination: whether its secrets may stay empty with what is typed beside them. */
export function secretHintsOf({ kind, config, hasSecret }: Destination, values: DestinationValues) {
  const typed = kindScreens[kind].configOf(values.config)
  return Object.fromEntries(
    hasSecret
      ? destinationContracts[kind].secrets.map(({ name, reach }) => [name, storedSecretHint(reach, config, typed)])
      : [],
  )
}
