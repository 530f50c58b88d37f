import type { DestinationOptions } from '@/lib/contracts/operations'

/** `options` of the form: the settings of the place itself, as typed. */
export interface PlaceValues {
  site: string
  capacityBytes: number | null
  monthlyBudget: number | null
  alwaysWait: boolean
  transitions: { afterDays: number | null; storageClass: string }[]
}

export const emptyPlace: PlaceValues = {
  site: '',
  capacityBytes: null,
  monthlyBudget: null,
  alwaysWait: false,
  transitions: [],
}

export function placeValuesOf(options: DestinationOptions): PlaceValues {
  const { site = '', capacityBytes = null, monthlyBudget = null, alwaysWait = false, transitions } = options
  return { site, capacityBytes, monthlyBudget, alwaysWait, transitions }
}

export function placeInputOf({ site, capacityBytes, monthlyBudget, alwaysWait, transitions }: PlaceValues) {
  return {
    site: site.trim() || undefined,
    capacityBytes: capacityBytes ?? undefined,
    monthlyBudget: monthlyBudget ?? undefined,
    alwaysWait,
    transitions: transitions.map(({ afterDays, storageClass }) => ({
      afterDays: afterDays ?? undefined,
      storageClass: storageClass.trim(),
    })),
  }
}
