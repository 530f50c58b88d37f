import type { ContinuousCheck } from '@/lib/contracts/recovery/continuous'

export type ContinuousFinding = ContinuousCheck['findings'][number]

/** Statements that set something for the whole server: with a restart, or with a reload that is the second of them. */
export function setOnServer(name: string, value: string, { restart }: { restart: boolean }): string {
  const set = `ALTER SYSTEM SET ${name} = ${value};`
  return restart ? set : `${set}\nSELECT pg_reload_conf();`
}
