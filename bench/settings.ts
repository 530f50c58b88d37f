import path from 'node:path'

const root = process.cwd()

/** How backups are measured beside a busy database; no rounds leave it out. */
export interface ImpactSettings {
  rounds: number
  /** Of pgbench in each run. */
  seconds: number
  clients: number
}

/** What the environment says about a run of the benchmark; `scripts/bench.mjs` starts the servers named here. */
export interface BenchSettings {
  root: string
  /** Folder of the source's server, kept between runs. */
  dataFolder: string
  /** Size of the dump that the source is filled for, in MB of 1,000,000 bytes. */
  megabytes: number
  rounds: number
  /** Of `pg_dump -Fc`, the slowest way. */
  gzipRounds: number
  /** Of `pg_dump -Fd -j2` and the upload of its folder. */
  folderRounds: number
  restoreRounds: number
  /** Of a backup to a fast and a slow store; what the slow one takes in a second. */
  slow: { rounds: number; bytesPerSecond: number }
  impact: ImpactSettings
  continuous: {
    /** Of base backups, recoveries and pgbench beside the follower; 0 leaves them out. */
    rounds: number
    /** Length of each pgbench, and of the look at quiet sources. */
    seconds: number
    quietSources: number
  }
  /** Backups in the catalog that lists and overview are measured on; 0 leaves it out. */
  historyRows: number
  /** Whether health is measured while a product of its own is attacked. */
  attacks: boolean
  pgBin: string
  catalogServerUrl: string
  s3: { endpoint: string; accessKeyId: string; secretAccessKey: string }
  resultsFile: string
  /** Folder for `node --cpu-prof` of the worker; null: not profiled. */
  profileFolder: string | null
}

export function readBenchSettings(env: NodeJS.ProcessEnv): BenchSettings {
  return {
    root,
    dataFolder: path.resolve(env['HOLDFAST_BENCH_DATA'] ?? path.join(root, 'bench/.data')),
    megabytes: whole(env, 'HOLDFAST_BENCH_MB', 2048, 64),
    rounds: whole(env, 'HOLDFAST_BENCH_ROUNDS', 3, 1),
    gzipRounds: whole(env, 'HOLDFAST_BENCH_GZIP_ROUNDS', 3, 0),
    folderRounds: whole(env, 'HOLDFAST_BENCH_FOLDER_ROUNDS', 3, 0),
    restoreRounds: whole(env, 'HOLDFAST_BENCH_RESTORE_ROUNDS', 3, 0),
    slow: {
      rounds: whole(env, 'HOLDFAST_BENCH_SLOW_ROUNDS', 3, 0),
      bytesPerSecond: whole(env, 'HOLDFAST_BENCH_SLOW_RATE', 1_000_000, 10_000),
    },
    impact: {
      rounds: whole(env, 'HOLDFAST_BENCH_IMPACT_ROUNDS', 3, 0),
      seconds: whole(env, 'HOLDFAST_BENCH_IMPACT_SECONDS', 40, 1),
      clients: whole(env, 'HOLDFAST_BENCH_IMPACT_CLIENTS', 4, 1),
    },
    continuous: {
      rounds: whole(env, 'HOLDFAST_BENCH_CONTINUOUS_ROUNDS', 3, 0),
      seconds: whole(env, 'HOLDFAST_BENCH_CONTINUOUS_SECONDS', 60, 1),
      quietSources: whole(env, 'HOLDFAST_BENCH_QUIET_SOURCES', 100, 0),
    },
    historyRows: whole(env, 'HOLDFAST_BENCH_HISTORY_ROWS', 1_000_000, 0),
    attacks: whole(env, 'HOLDFAST_BENCH_ATTACKS', 1, 0) > 0,
    pgBin: required(env, 'HOLDFAST_BENCH_PG_BIN'),
    catalogServerUrl: required(env, 'HOLDFAST_TEST_PG_URL'),
    s3: {
      endpoint: required(env, 'HOLDFAST_TEST_S3_ENDPOINT'),
      accessKeyId: required(env, 'HOLDFAST_TEST_S3_ACCESS_KEY'),
      secretAccessKey: required(env, 'HOLDFAST_TEST_S3_SECRET_KEY'),
    },
    resultsFile: path.resolve(env['HOLDFAST_BENCH_RESULTS'] ?? path.join(root, 'bench/RESULTS.md')),
    profileFolder: env['HOLDFAST_BENCH_PROFILE'] ? path.resolve(env['HOLDFAST_BENCH_PROFILE']) : null,
  }
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name]
  if (!value) throw new Error(`${name} is not set: run the benchmark with \`npm run bench\`, which starts the servers`)
  return value
}

function whole(env: NodeJS.ProcessEnv, name: string, fallback: number, least: number): number {
  const value = Number(env[name] ?? fallback)
  if (Number.isInteger(value) && value >= least) return value
  throw new Error(`${name} must be a whole number of at least ${least}; it is "${env[name]}"`)
}
