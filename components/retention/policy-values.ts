import type { GfsRules, RetentionPolicy } from '@/lib/contracts/retention'

/** What the form holds: numbers as they are typed. */
export interface PolicyValues {
  name: string
  keepDays: string
  keepLast: string
  byCalendar: boolean
  gfs: Record<keyof GfsRules, string>
  timeZone: string
  maxTotalGib: string
  minimum: string
}

const gib = 1024 ** 3

export function policyValues(policy?: RetentionPolicy): PolicyValues {
  const rules = policy?.rules
  const text = (value: number | undefined) => (value === undefined ? '' : String(value))
  const { hourly, daily, weekly, monthly, yearly } = rules?.gfs ?? {
    hourly: 0,
    daily: 7,
    weekly: 4,
    monthly: 12,
    yearly: 0,
  }
  return {
    name: policy?.name ?? '',
    keepDays: text(rules?.keepDays),
    keepLast: text(rules?.keepLast),
    byCalendar: policy ? rules?.gfs !== undefined : true,
    gfs: {
      hourly: String(hourly),
      daily: String(daily),
      weekly: String(weekly),
      monthly: String(monthly),
      yearly: String(yearly),
    },
    timeZone: rules?.timeZone ?? 'UTC',
    maxTotalGib: rules?.maxTotalBytes === undefined ? '' : String(Number((rules.maxTotalBytes / gib).toFixed(3))),
    minimum: text(rules?.minimum ?? 1),
  }
}

/** The body to send, as far as it can be read; the contract says what is wrong with it. */
export function policyBody(values: PolicyValues) {
  const number = (text: string) => (text.trim() === '' ? undefined : Number(text))
  const { hourly, daily, weekly, monthly, yearly } = values.gfs
  const limitGib = number(values.maxTotalGib)
  return {
    name: values.name,
    rules: {
      keepDays: number(values.keepDays),
      keepLast: number(values.keepLast),
      gfs: values.byCalendar
        ? {
            hourly: number(hourly) ?? 0,
            daily: number(daily) ?? 0,
            weekly: number(weekly) ?? 0,
            monthly: number(monthly) ?? 0,
            yearly: number(yearly) ?? 0,
          }
        : undefined,
      timeZone: values.timeZone,
      maxTotalBytes: limitGib === undefined ? undefined : Math.round(limitGib * gib),
      minimum: number(values.minimum) ?? 1,
    },
  }
}
