import type { BackupKind } from '@/lib/contracts/backup-kind'
import type { RestoreTestLevel, ScheduleOptions } from '@/lib/contracts/schedule'

export type StartOptions = Pick<ScheduleOptions, 'jitterSeconds' | 'window' | 'retries'>

/** `options` of the form: how runs begin and are tried again, as typed. */
export interface StartValues {
  /** Empty: as the engine usually does. */
  method: BackupKind | ''
  level: RestoreTestLevel
  jitterSeconds: number | null
  windowed: boolean
  /** No days: every day. */
  window: { from: string; to: string; days: number[] }
  ownRetries: boolean
  retries: { attempts: number | null; firstDelaySeconds: number | null; factor: number | null }
}

export function startValues(options: ScheduleOptions | undefined): StartValues {
  const { method = null, level = 'standard', window = null, retries = null, jitterSeconds = 0 } = options ?? {}
  return {
    method: method ?? '',
    level,
    jitterSeconds: jitterSeconds === 0 ? null : jitterSeconds,
    windowed: window !== null,
    window: { from: window?.from ?? '22:00', to: window?.to ?? '06:00', days: window?.days ?? [] },
    ownRetries: retries !== null,
    retries: retries ?? { attempts: 3, firstDelaySeconds: 60, factor: 2 },
  }
}

/** The options as the API takes them; what is empty or no number is refused there, at its field. */
export function startOptions(values: StartValues) {
  return {
    method: values.method || null,
    level: values.level,
    jitterSeconds: values.jitterSeconds ?? 0,
    window: windowOf(values),
    retries: values.ownRetries ? values.retries : null,
  }
}

export const windowOf = ({ windowed, window }: Pick<StartValues, 'windowed' | 'window'>): StartOptions['window'] =>
  windowed ? window : null
