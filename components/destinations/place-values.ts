import type { DestinationOptions } from '@/lib/contracts/operations'

/** What is said of the place itself, as typed. */
export interface PlaceValues {
  site: string
  capacityGb: string
  monthlyBudget: string
  alwaysWait: boolean
  transitions: { afterDays: string; storageClass: string }[]
}

export const emptyPlace: PlaceValues = {
  site: '',
  capacityGb: '',
  monthlyBudget: '',
  alwaysWait: false,
  transitions: [],
}

const gigabyte = 1_000_000_000
const shown = (value: number | undefined): string => (value === undefined ? '' : String(value))

export function placeValuesOf(options: DestinationOptions): PlaceValues {
  const { site, capacityBytes, monthlyBudget, alwaysWait = false, transitions } = options
  return {
    site: site ?? '',
    capacityGb: shown(capacityBytes === undefined ? undefined : capacityBytes / gigabyte),
    monthlyBudget: shown(monthlyBudget),
    alwaysWait,
    transitions: transitions.map(({ afterDays, storageClass }) => ({ afterDays: String(afterDays), storageClass })),
  }
}

const number = (value: string): number | undefined => (value.trim() === '' ? undefined : Number(value))

export function placeInputOf(values: PlaceValues) {
  const capacity = number(values.capacityGb)
  return {
    site: values.site.trim() || undefined,
    capacityBytes: capacity === undefined ? undefined : Math.round(capacity * gigabyte),
    monthlyBudget: number(values.monthlyBudget),
    alwaysWait: values.alwaysWait,
    transitions: values.transitions.map(({ afterDays, storageClass }) => ({
      afterDays: Number(afterDays),
      storageClass: storageClass.trim(),
    })),
  }
}
