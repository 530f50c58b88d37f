import type { RestoreTestLevel, ScheduleOptions } from '@/lib/contracts/schedule'

export type StartOptions = Pick<ScheduleOptions, 'jitterSeconds' | 'window' | 'retries'>

/** How runs begin and are tried again, as the form holds it: text until it is sent. */
export interface StartValues {
  jitterMinutes: string
  windowed: boolean
  from: string
  to: string
  days: number[]
  ownRetries: boolean
  attempts: string
  firstDelaySeconds: string
  factor: string
}

export function startValues(options: StartOptions | undefined): StartValues {
  const { window = null, retries = null, jitterSeconds = 0 } = options ?? {}
  return {
    jitterMinutes: jitterSeconds === 0 ? '' : String(jitterSeconds / 60),
    windowed: window !== null,
    from: window?.from ?? '22:00',
    to: window?.to ?? '06:00',
    days: window?.days ?? [],
    ownRetries: retries !== null,
    attempts: String(retries?.attempts ?? 3),
    firstDelaySeconds: String(retries?.firstDelaySeconds ?? 60),
    factor: String(retries?.factor ?? 2),
  }
}

/** The options as the API takes them; what is not a number is refused there, at its field. */
export function startOptions(values: StartValues, level: RestoreTestLevel): ScheduleOptions {
  return {
    method: null,
    level,
    jitterSeconds: Math.round(Number(values.jitterMinutes.trim() || '0') * 60),
    window: windowOf(values),
    retries: values.ownRetries
      ? {
          attempts: Number(values.attempts),
          firstDelaySeconds: Number(values.firstDelaySeconds),
          factor: Number(values.factor),
        }
      : null,
  }
}

export const windowOf = (values: StartValues): StartOptions['window'] =>
  values.windowed ? { from: values.from, to: values.to, days: values.days } : null
