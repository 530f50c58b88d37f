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

/**
 * Bytes of dump per second on a machine that is busy. At 3 MB the server's process took 2 % of a core, the worker 4 %,
 * the tools 2 %: with all of them on two cores this stays well below 5 % of those. It is 7 GB per hour.
 */
export const slowestPace = 2 * mega
/** When only the server's process is on the busy machine; 14 GB per hour. */
const slowestElsewhere = 4 * mega
/** Faster than any dump: no limit. */
export const fastestPace = 1_000 * mega
/** With others at work and CPU to spare. */
const fastestBeside = 32 * mega

/** Idle server: its statistics, monitoring and our own looks still make a few. */
const quietTransactionsPerSecond = 5
const spareCpu = 0.6
const scarceCpu = 0.5

/** The pace for the next second: down at once when somebody works, up step by step while nobody does. */
export function nextPace(current: number, load: Load): number {
  const quiet = load.activeSessions === 0 && load.transactionsPerSecond < quietTransactionsPerSecond
  if (quiet) return Math.min(current * 2, fastestPace)
  if (load.cpuIdle === null) return slowestElsewhere
  if (load.cpuIdle < scarceCpu) return slowestPace
  const beside = Math.min(current, fastestBeside)
  return load.cpuIdle < spareCpu ? beside : Math.min(beside * 1.25, fastestBeside)
}
