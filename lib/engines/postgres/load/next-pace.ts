/** What a server and its machine have to do beside the backup. */
export interface Load {
  /** Sessions of others that work at this moment, as far as the role may see them. */
  activeSessions: number
  /** Of the whole server, since the last look. */
  transactionsPerSecond: number
  /** From 0 to 1 since the last look; null when the server is on another machine. */
  cpuIdle: number | null
}

const mega = 1_000_000

/** Faster than any dump: no limit. */
export const fastestPace = 1_000 * mega

/** How a backup behaves beside others, in bytes of dump per second. */
export interface Manners {
  /** Until the first look. */
  start: number
  /** While others work and the CPU is scarce. */
  slowest: number
  /** While others work on a server whose CPU cannot be seen from here. */
  elsewhere: number
  /** With others at work and CPU to spare. */
  beside: number
  /** Below this share of idle CPU it is scarce. */
  scarceCpu: number
  /** From this share on there is some to spare. */
  spareCpu: number
  /** Fewer transactions per second and no session at work: nobody else is there. */
  quietTransactions: number
  /** Each second of quiet multiplies the pace by it. */
  recovery: number
}

/**
 * No worse than `pg_dump -Fc` with its one busy core: at 16 MB on two cores pgbench lost as much as beside that one, so a
 * little less. It is 43 GB per hour.
 */
export const usualManners: Manners = {
  start: fastestPace,
  slowest: 12 * mega,
  elsewhere: 48 * mega,
  beside: fastestPace,
  scarceCpu: 0.15,
  spareCpu: 0.3,
  // The backup's own beginning makes some dozens.
  quietTransactions: 100,
  recovery: 8,
}

/**
 * At 3 MB the server's process took 2 % of a core, the worker 4 %, the tools 2 %: with all of them on two cores the
 * slowest stays well below 5 % of those. It is 7 GB per hour; 14 when only the server is on the busy machine.
 */
export const gentleManners: Manners = {
  start: 2 * mega,
  slowest: 2 * mega,
  elsewhere: 4 * mega,
  beside: 32 * mega,
  scarceCpu: 0.5,
  spareCpu: 0.6,
  // The server's statistics, monitoring and our own looks still make a few.
  quietTransactions: 5,
  recovery: 2,
}

/** The pace for the next second: down at once when somebody works, up step by step while nobody does. */
export function nextPace(current: number, load: Load, manners: Manners): number {
  const quiet = load.activeSessions === 0 && load.transactionsPerSecond < manners.quietTransactions
  if (quiet) return Math.min(current * manners.recovery, fastestPace)
  if (load.cpuIdle === null) return manners.elsewhere
  if (load.cpuIdle < manners.scarceCpu) return manners.slowest
  const beside = Math.min(current, manners.beside)
  return load.cpuIdle < manners.spareCpu ? beside : Math.min(beside * 1.25, manners.beside)
}
