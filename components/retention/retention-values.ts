import type { GfsRules, RetentionPolicy } from '@/lib/contracts/retention'

/** What the form holds: null where a number is empty. */
export interface RetentionValues {
  name: string
  byCalendar: boolean
  rules: {
    keepDays: number | null
    keepLast: number | null
    gfs: Record<keyof GfsRules, number | null>
    timeZone: string
    maxTotalBytes: number | null
    minimum: number | null
  }
}

const usualCalendar = { hourly: 0, daily: 7, weekly: 4, monthly: 12, yearly: 0 }

export function retentionValues(policy?: RetentionPolicy): RetentionValues {
  const rules = policy?.rules
  return {
    name: policy?.name ?? '',
    byCalendar: policy ? rules?.gfs !== undefined : true,
    rules: {
      keepDays: rules?.keepDays ?? null,
      keepLast: rules?.keepLast ?? null,
      gfs: { ...usualCalendar, ...rules?.gfs },
      timeZone: rules?.timeZone ?? 'UTC',
      maxTotalBytes: rules?.maxTotalBytes ?? null,
      minimum: rules?.minimum ?? 1,
    },
  }
}

/** The body to send, as far as it can be read; the contract says what is wrong with it. */
export function retentionBody({ name, byCalendar, rules }: RetentionValues) {
  const { hourly, daily, weekly, monthly, yearly } = rules.gfs
  return {
    name,
    rules: {
      keepDays: rules.keepDays ?? undefined,
      keepLast: rules.keepLast ?? undefined,
      gfs: byCalendar
        ? {
            hourly: hourly ?? 0,
            daily: daily ?? 0,
            weekly: weekly ?? 0,
            monthly: monthly ?? 0,
            yearly: yearly ?? 0,
          }
        : undefined,
      timeZone: rules.timeZone,
      maxTotalBytes: rules.maxTotalBytes ?? undefined,
      minimum: rules.minimum ?? 1,
    },
  }
}
