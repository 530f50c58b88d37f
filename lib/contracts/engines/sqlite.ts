import { z } from 'zod'
import { commonOptionsSchema, removableCommonOptions, sqlAssertionSchema } from './common'
import type { EngineContract } from './engine-contract'

/** Characters by which one text stands for several names, as in node's `path.matchesGlob`. */
const wild = /[*?[{]/
/** True when a path may stand for several files. A file of exactly this name goes before what it would match. */
export const isPattern = (path: string): boolean => wild.test(path)

/** The folder that every file of a pattern is below: what stands before its first wildcard. */
export function folderOf(path: string): string {
  const segments = path.split('/')
  const first = segments.findIndex((segment) => wild.test(segment))
  return segments.slice(0, first === -1 ? -1 : first).join('/') || '/'
}

const filePath = (missing: string) =>
  z
    .string()
    .min(1, missing)
    .max(4_000)
    .refine((path) => !/[\u0000-\u001f]/.test(path), 'A path has no control characters')
    .refine((path) => path.startsWith('/'), 'Enter the whole path, beginning with /')
    .refine((path) => !path.endsWith('/'), 'Enter the path of a file, not of a folder')
    .refine(
      (path) => path.split('/').every((segment, index) => index === 0 || !['', '.', '..'].includes(segment)),
      'Enter the path without . and .., and with single slashes',
    )

/** A database file of the worker's host, or a pattern for several: `/srv/tenants/**` followed by `/*.sqlite`. */
export const sqliteConnectionSchema = z.object({
  path: filePath('Enter the path of the database file, such as /srv/app/app.db').refine(
    (path) => !/\{[^}]*\/[^}]*\}/.test(path),
    'Braces of a pattern cannot hold a slash',
  ),
})

export const sqliteOptionsSchema = commonOptionsSchema.extend({
  /** How long a backup waits for a lock of another connection before it gives up. */
  lockTimeoutMs: z.number().int().min(100).max(3_600_000).default(30_000),
  /**
   * How long a backup may keep writers waiting where the database is not in WAL mode: its copy is made under a lock that
   * they wait for. One that would take longer is given up.
   */
  writersMayWaitMs: z.number().int().min(100).max(3_600_000).default(30_000),
  /** What comprehensive restore tests ask of each restored database; the answer is the first column of the only row. */
  assertions: z.array(sqlAssertionSchema).max(100).default([]),
  /** Tables that must not be empty after a restore, in each database. */
  criticalTables: z.array(z.string().trim().min(1).max(300)).max(500).default([]),
})

/** A file that does not exist yet; for the databases of a pattern, a folder that does not. */
export const sqliteTargetSchema = z.object({
  path: filePath('Enter the path of a new file, or of a new folder where the source is a pattern'),
})

const pathOf = (connection: unknown) => sqliteConnectionSchema.safeParse(connection).data?.path

export const sqliteContract = {
  title: 'SQLite',
  called: 'Database',
  connection: sqliteConnectionSchema,
  enteredConnection: sqliteConnectionSchema,
  newConnection: sqliteConnectionSchema,
  options: sqliteOptionsSchema,
  enteredOptions: sqliteOptionsSchema,
  methods: [{ kind: 'snapshot', title: 'Snapshot' }],
  restoreTarget: sqliteTargetSchema,
  describeTarget: (target) => `the new path ${sqliteTargetSchema.parse(target).path}`,
  targetKey: (target) => sqliteTargetSchema.parse(target).path,
  namedTarget: { called: 'PATH', words: {}, read: ({ to }) => ({ path: to }) },
  sampled: false,
  followed: false,
  downloads: ['plain', 'sql'],
  removableOptions: removableCommonOptions,
  secrets: [],
  secretPlace: () => ({}),
  readFrom: ({ connection }) => ({ path: pathOf(connection) }),
  completePatch: (_stored, patch) => ({ ...patch }),
  place: (connection) => pathOf(connection) ?? 'an unknown place',
  addresses: () => [],
  localPaths({ connection }) {
    const path = pathOf(connection)
    if (path === undefined) return []
    return [isPattern(path) ? folderOf(path) : path]
  },
  certificate: () => null,
  loads: () => null,
} satisfies EngineContract
