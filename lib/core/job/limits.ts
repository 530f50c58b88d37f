import type { JobKind } from '../../contracts/job'

/** How much may run at once (operations.limits). */
export interface Limits {
  global: number
  perHost: number
  perDestination: number
}

/** What a job loads: the host it reads from and the destinations it writes to. */
export interface JobLoad {
  kind: JobKind
  host: string | null
  destinationIds: readonly string[]
}

/** How many run now, where the job in question would run too. */
export interface RunningLoad {
  /** Of the kinds that the global limit counts. */
  global: number
  host: number
  /** By destination id; absent is none. */
  destinations: Readonly<Record<string, number>>
}

export type FullLimit =
  | { scope: 'global'; limit: number }
  | { scope: 'host'; limit: number; host: string }
  | { scope: 'destination'; limit: number; destinationId: string }

/** Restores are for the day it hurts and never wait for a limit; the small chores load nobody. */
export const countedKinds: readonly string[] = ['backup', 'restore-test']

export const countsGlobally = (kind: JobKind): boolean => countedKinds.includes(kind)

/** True when some limit applies to it. */
export function isLimited(job: JobLoad): boolean {
  return countsGlobally(job.kind) || job.host !== null || job.destinationIds.length > 0
}

/** The limit that keeps this job from beginning now; null when it may begin. */
export function fullLimit(limits: Limits, running: RunningLoad, job: JobLoad): FullLimit | null {
  if (countsGlobally(job.kind) && running.global >= limits.global) return { scope: 'global', limit: limits.global }
  if (job.host !== null && running.host >= limits.perHost) {
    return { scope: 'host', limit: limits.perHost, host: job.host }
  }
  const destinationId = job.destinationIds.find((id) => (running.destinations[id] ?? 0) >= limits.perDestination)
  return destinationId === undefined ? null : { scope: 'destination', limit: limits.perDestination, destinationId }
}

/** Why a job waits, for the screen. */
export function limitWords(full: FullLimit, destinationName: string | null): string {
  const so = full.limit === 1 ? 'one job runs' : `${full.limit} jobs run`
  switch (full.scope) {
    case 'global':
      return `${so[0]?.toUpperCase()}${so.slice(1)} already, the most that may run at once.`
    case 'host':
      return `${so[0]?.toUpperCase()}${so.slice(1)} on ${full.host} already, the most that may load one host at once.`
    case 'destination':
      return `${so[0]?.toUpperCase()}${so.slice(1)} to ${destinationName ?? 'its destination'} already, the most that may write to one destination at once.`
  }
}

/**
 * Which waiting jobs may begin now, oldest first: each that fits beside what runs and beside the older ones that were
 * chosen. One that finds its limit full holds up only those that need the same.
 */
export function chooseWaiting<Job extends JobLoad>(
  limits: Limits,
  running: readonly JobLoad[],
  waiting: readonly Job[],
): Job[] {
  const load: { global: number; hosts: Map<string, number>; destinations: Record<string, number> } = {
    global: 0,
    hosts: new Map(),
    destinations: {},
  }
  const add = (job: JobLoad) => {
    if (countsGlobally(job.kind)) load.global += 1
    if (job.host !== null) load.hosts.set(job.host, (load.hosts.get(job.host) ?? 0) + 1)
    for (const id of job.destinationIds) load.destinations[id] = (load.destinations[id] ?? 0) + 1
  }
  for (const job of running) add(job)
  const chosen: Job[] = []
  for (const job of waiting) {
    const host = job.host === null ? 0 : (load.hosts.get(job.host) ?? 0)
    if (fullLimit(limits, { global: load.global, host, destinations: load.destinations }, job)) continue
    add(job)
    chosen.push(job)
  }
  return chosen
}

/** Sockets and loopback addresses are this machine under other names. */
export function hostKey(host: string): string {
  const name = host.trim().toLowerCase().replace(/\.$/, '')
  return name.startsWith('/') || ['127.0.0.1', '::1', '[::1]'].includes(name) ? 'localhost' : name
}
