import { existsSync } from 'node:fs'
import path from 'node:path'
import { secretFile } from './secret-file'
import { partSecrets } from './secret-variables'
import { startChild } from './child'
import type { Child } from './child'
import type { LogFile } from './log-file'
import type { SuperviseOptions } from './options'
import { webHeapFlags } from './web-heap'
import { workerHeapFlags } from './worker-heap'

export const addressOf = (options: SuperviseOptions): string => {
  const everywhere = options.host === '0.0.0.0' || options.host === '::'
  const host = everywhere ? '127.0.0.1' : options.host.includes(':') ? `[${options.host}]` : options.host
  return `http://${host}:${options.port}`
}

/** What web and worker get: the user's own environment (the AWS SDK reads its chain there) and what we decide. */
export function childEnvironment(
  options: SuperviseOptions,
  databaseUrl: string,
  serverBin: string | null,
): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(npm_|INIT_CWD$|NODE_ENV$|HOLDFAST_PARENT_FD$)/.test(entry[0]),
  )
  return {
    ...Object.fromEntries(inherited),
    NODE_ENV: options.dev ? 'development' : 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    HOLDFAST_HOME: options.home,
    DATABASE_URL: databaseUrl,
    HOST: options.host,
    PORT: String(options.port),
    NEXTAUTH_URL: process.env.NEXTAUTH_URL || addressOf(options),
    NEXTAUTH_SECRET: process.env.NEXTAUTH_SECRET || secretFile(path.join(options.home, 'keys/session-secret')),
    ...(options.demo ? { HOLDFAST_DEMO: '1' } : {}),
    ...(serverBin
      ? { HOLDFAST_PG_BIN: [process.env.HOLDFAST_PG_BIN, serverBin].filter(Boolean).join(path.delimiter) }
      : {}),
  }
}

export interface EmbeddedUrls {
  backupUrl: string
  sampleUrl: string
}

/** The worker also makes the sources of the catalog and the sample, which read as roles of their own. */
export function workerEnvironment(env: Record<string, string>, embedded: EmbeddedUrls | null): Record<string, string> {
  if (!embedded) return env
  return { ...env, HOLDFAST_CATALOG_BACKUP_URL: embedded.backupUrl, HOLDFAST_SAMPLE_URL: embedded.sampleUrl }
}

/** The embedded server's programs serve restore tests where the system has none of the same major. */
export function embeddedBinForSandboxes(bin: string): string | null {
  return existsSync('/usr/lib/postgresql/15/bin/postgres') ? null : bin
}

/** Deprecated calls inside packages are for developers; on the console of an administrator they only alarm. */
const watched = (options: SuperviseOptions) => [
  ...(options.dev ? [] : ['--no-deprecation']),
  '--import',
  path.join(options.root, 'dist/watch-parent.mjs'),
]

/** The development servers start others of themselves, which are preloaded without a pipe: they get all by environment. */
function handedOver(options: SuperviseOptions, env: Record<string, string>) {
  const { open, secrets } = options.dev ? { open: env, secrets: undefined } : partSecrets(env)
  return { env: { ...open, HOLDFAST_PARENT_FD: '3' }, ...(secrets ? { secrets } : {}) }
}

export function startWeb(options: SuperviseOptions, env: Record<string, string>, log: LogFile): Child {
  return startChild({
    name: 'web',
    file: process.execPath,
    args: [
      // The development server hands its own flags on in NODE_OPTIONS, where Node refuses these.
      ...(options.dev ? [] : webHeapFlags),
      ...watched(options),
      path.join(options.root, 'dist/web.mjs'),
    ],
    ...handedOver(options, env),
    cwd: options.root,
    log,
    onLine: (line, source) => {
      if (source === 'stderr' && /\S/.test(line) && !/^\s+at /.test(line)) options.warn(`web: ${line.trim()}`)
    },
  })
}

/** `onReady`: it has set up what a fresh instance needs and takes jobs. */
export function startWorker(
  options: SuperviseOptions,
  env: Record<string, string>,
  log: LogFile,
  onReady: () => void,
): Child {
  const bundled = path.join(options.root, 'dist/worker.mjs')
  const tsx = path.join(options.root, 'node_modules/tsx/dist/cli.mjs')
  return startChild({
    name: 'worker',
    file: process.execPath,
    args: options.dev
      ? [...watched(options), tsx, 'watch', 'worker/main.ts']
      : [...workerHeapFlags, ...watched(options), bundled],
    ...handedOver(options, env),
    cwd: options.root,
    log,
    onLine: (line) => {
      if (line.includes('"worker ready"')) onReady()
      const told = worthTelling(line)
      if (told) options.warn(`worker: ${told}`)
    },
  })
}

/** Of the worker's structured log, warnings and errors; of anything else (a crash before the logger), all but stacks. */
export function worthTelling(line: string): string | null {
  try {
    const entry: unknown = JSON.parse(line)
    if (typeof entry === 'object' && entry && 'level' in entry && 'msg' in entry) {
      return Number(entry.level) >= 40 ? String(entry.msg) : null
    }
  } catch {
    // not a structured line
  }
  return /\S/.test(line) && !/^\s+at |^Node\.js v/.test(line) ? line.trim() : null
}
