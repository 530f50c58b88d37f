import { z } from 'zod'
import type { RecoveryWindow, RecoveryWindows } from '@/lib/contracts/recovery/continuous'
import { recoveryPointSchema, type AskedPoint, type PointTarget } from '@/lib/contracts/recovery/recoveries'
import { ApiError } from '@/lib/client/api'
import { isCode } from '@/lib/client/is-code'

export const targetTypes = [
  'latest',
  'time',
  'name',
  'lsn',
  'xid',
  'immediate',
] as const satisfies PointTarget['type'][]
export type TargetType = (typeof targetTypes)[number]

/** A point as the page and its address hold it; texts are empty where nothing is chosen. */
export interface ChosenPoint {
  type: TargetType
  /** Of a time an instant in UTC with milliseconds. */
  value: string
  timeline: string
  destinationId: string
}

/** Names in the address. */
const names = { type: 'to', value: 'at', timeline: 'timeline', destinationId: 'destination' } as const

/** What the address says, completed with what a type begins with. */
export function readChosen(get: (name: string) => string | undefined, known: RecoveryWindows): ChosenPoint {
  const type = targetTypes.find((each) => each === get(names.type)) ?? 'latest'
  return {
    type,
    value: get(names.value) ?? firstValue(type, known),
    timeline: get(names.timeline) ?? '',
    destinationId: get(names.destinationId) ?? '',
  }
}

/** The same as the search of an address. */
export function searchOf(chosen: ChosenPoint): string {
  const search = new URLSearchParams({ [names.type]: chosen.type })
  for (const key of ['value', 'timeline', 'destinationId'] as const)
    if (chosen[key] !== '') search.set(names[key], chosen[key])
  return search.toString()
}

/** What a type begins with: the end of the newest window, the newest restore point. */
export function firstValue(type: TargetType, { windows, restorePoints }: RecoveryWindows): string {
  if (type === 'time') return newestEnd(windows) ?? ''
  return type === 'name' ? (restorePoints[0]?.name ?? '') : ''
}

const newestEnd = (windows: readonly RecoveryWindow[]): string | undefined =>
  windows.map(({ to }) => to).toSorted((one, other) => Date.parse(other) - Date.parse(one))[0]

/** As the API takes it; null while it is not complete. */
export function askedPoint(sourceId: string, chosen: ChosenPoint): AskedPoint | null {
  const { type, value, timeline, destinationId } = chosen
  const parsed = recoveryPointSchema.safeParse({
    sourceId,
    target: type === 'latest' || type === 'immediate' ? { type } : { type, value },
    ...(timeline === '' ? {} : { timeline }),
    ...(destinationId === '' ? {} : { destinationId }),
  })
  return parsed.success ? parsed.data : null
}

/** A point that can be reached, near to one that cannot. */
export interface NearPoint {
  side: 'before' | 'after'
  timeline: string
  position: string
  time: string
}

const near = z.object({ timeline: z.string(), position: z.string(), time: z.string() })
const refusal = z.object({
  reason: z.string(),
  nearest: z.array(z.object({ before: near.optional(), after: near.optional() })),
})

/** What can be reached instead, as the refusal of a check says; empty for any other error. */
export function nearestOf(error: unknown): NearPoint[] {
  return (
    refusalOf(error)?.nearest.flatMap(({ before, after }) => [
      ...(before ? [{ side: 'before' as const, ...before }] : []),
      ...(after ? [{ side: 'after' as const, ...after }] : []),
    ]) ?? []
  )
}

/**
 * A near point in the place of the one that was refused. A position is exact; a time stays a time. The timeline stays, too, since the near
 * point lies on its way, unless nothing led along it.
 */
export function chooseNear(chosen: ChosenPoint, { position, time, timeline }: NearPoint, error: unknown): ChosenPoint {
  const leads = refusalOf(error)?.reason !== 'no-path'
  return {
    ...chosen,
    ...(chosen.type === 'time' ? { value: time } : { type: 'lsn', value: position }),
    timeline: leads ? chosen.timeline : timeline,
  }
}

function refusalOf(error: unknown): z.infer<typeof refusal> | null {
  if (!(error instanceof ApiError) || !isCode(error.problem.code, 'target-unreachable')) return null
  const { data } = refusal.safeParse(error.problem.facts)
  return data ?? null
}
