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

/** Restores never wait for a limit: someone is waiting for their data. The small chores load nobody. */
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

/** Where nothing more may begin beside what runs. */
export interface FullLoads {
  /** The global limit is reached. */
  global: boolean
  hosts: string[]
  destinationIds: string[]
}

/** Every limit that is reached by what runs now: a job may begin when it loads none of them. */
export function fullLoads(limits: Limits, running: readonly JobLoad[]): FullLoads {
  const load = sumLoads(running)
  return {
    global: load.global >= limits.global,
    hosts: keysFrom(load.hosts, limits.perHost),
    destinationIds: keysFrom(load.destinations, limits.perDestination),
  }
}

const keysFrom = (counts: ReadonlyMap<string, number>, limit: number): string[] =>
  [...counts].filter(([, count]) => count >= limit).map(([key]) => key)

interface LoadSum {
  global: number
  hosts: Map<string, number>
  destinations: Map<string, number>
}

function sumLoads(jobs: readonly JobLoad[]): LoadSum {
  const sum: LoadSum = { global: 0, hosts: new Map(), destinations: new Map() }
  for (const job of jobs) addLoad(sum, job)
  return sum
}

function addLoad(sum: LoadSum, job: JobLoad): void {
  if (countsGlobally(job.kind)) sum.global += 1
  if (job.host !== null) sum.hosts.set(job.host, (sum.hosts.get(job.host) ?? 0) + 1)
  for (const id of job.destinationIds) sum.destinations.set(id, (sum.destinations.get(id) ?? 0) + 1)
}

function loadFor(sum: LoadSum, job: JobLoad): RunningLoad {
  const host = job.host === null ? 0 : (sum.hosts.get(job.host) ?? 0)
  return { global: sum.global, host, destinations: Object.fromEntries(sum.destinations) }
}

/** The limit that keeps this job from beginning beside these; null when it may begin. */
export function fullLimitBeside(limits: Limits, beside: readonly JobLoad[], job: JobLoad): FullLimit | null {
  return fullLimit(limits, loadFor(sumLoads(beside), job), job)
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
  const load = sumLoads(running)
  const chosen: Job[] = []
  for (const job of waiting) {
    if (fullLimit(limits, loadFor(load, job), job)) continue
    addLoad(load, job)
    chosen.push(job)
  }
  return chosen
}

/** Sockets and loopback addresses are this machine under other names. */
export function hostKey(host: string): string {
  const name = host.trim().toLowerCase().replace(/\.$/, '')
  return name.startsWith('/') || ['127.0.0.1', '::1', '[::1]'].includes(name) ? 'localhost' : name
}
