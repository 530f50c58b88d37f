import { z } from 'zod'
import { commonOptionsSchema, removableCommonOptions } from './common'
import type { EngineContract } from './engine-contract'

const noNul = (text: string) => !text.includes('\0')

/** An absolute path of the worker's machine, without `.` and `..` and without a slash at its end. */
const folderPath = (missing: string) =>
  z
    .string()
    .min(1, missing)
    .max(4_000)
    .refine((text) => text.startsWith('/'), 'Enter a path from the root on, such as /srv/files')
    .refine(noNul, 'A path has no NUL in it')
    .refine((text) => !text.split('/').some((name) => name === '.' || name === '..'), 'Enter the path without . and ..')
    .overwrite((text) => text.replace(/\/+/g, '/').replace(/(?<=.)\/$/, ''))

/** A glob pattern for paths below the root. */
const patternSchema = z
  .string()
  .trim()
  .min(1, 'Enter a pattern such as *.log or cache/**')
  .max(1_000)
  .refine(noNul, 'A pattern has no NUL in it')
  .refine((text) => !text.startsWith('/'), 'Patterns are below the folder: leave out the slash at the beginning')

export const filesConnectionSchema = z.object({
  /** The folder on the worker's machine. */
  root: folderPath('Enter the folder, such as /srv/files'),
  /** Only what matches one of them, with the folders that lead there; everything when empty. */
  include: z.array(patternSchema).max(500).default([]),
  /** What matches one of them is left out, a folder with all that is in it; it wins over `include`. */
  exclude: z.array(patternSchema).max(500).default([]),
})
export type FilesConnection = z.infer<typeof filesConnectionSchema>

export const filesOptionsSchema = commonOptionsSchema.extend({
  /** Leaves out what is mounted below the folder. */
  oneFileSystem: z.boolean().default(false),
  /** Streams that the files are read in side by side; absent: chosen from the cores. */
  parallelism: z.number().int().min(1).max(16).optional(),
  /** Incremental backups that build on one another before a full one is due. */
  longestChain: z.number().int().min(1).max(365).default(30),
})
export type FilesOptions = z.infer<typeof filesOptionsSchema>

export const filesTargetSchema = z.object({
  /** `new`: a folder that does not exist yet. `in-place`: instead of one that does, which is kept beside it. */
  mode: z.enum(['new', 'in-place']).default('new'),
  path: folderPath('Enter the folder, such as /srv/restored'),
  /** For `in-place`: the path once more, as the word that this is wanted. */
  confirm: z.string().optional(),
  /** Only these paths below the root, folders with all that is in them; absent: everything. Not with `in-place`. */
  only: z.array(z.string().min(1).max(4_000).refine(noNul)).min(1).max(10_000).optional(),
})
export type FilesTarget = z.infer<typeof filesTargetSchema>

const loose = (value: unknown): Record<string, unknown> => z.looseObject({}).catch({}).parse(value)

export const filesContract = {
  title: 'Files',
  called: 'Folder',
  connection: filesConnectionSchema,
  enteredConnection: filesConnectionSchema,
  newConnection: filesConnectionSchema,
  options: filesOptionsSchema,
  enteredOptions: filesOptionsSchema,
  methods: [
    { kind: 'snapshot', title: 'Full' },
    { kind: 'incremental', title: 'Incremental', buildsOn: 'snapshot' },
  ],
  restoreTarget: filesTargetSchema,
  describeTarget(target) {
    const { mode, path: place, only } = filesTargetSchema.parse(target)
    const what = mode === 'new' ? `the new folder ${place}` : `the folder ${place}, instead of what is there`
    return only
      ? `${what}, only ${only.slice(0, 5).join(', ')}${only.length > 5 ? ` and ${only.length - 5} more` : ''}`
      : what
  },
  targetKey: (target) => filesTargetSchema.parse(target).path,
  namedTarget: {
    called: 'FOLDER',
    words: { only: 'PATH,PATH' },
    read: ({ to, only }) => ({ path: to, ...(only === undefined ? {} : { only: only.split(',') }) }),
  },
  sampled: false,
  followed: false,
  downloads: ['plain'],
  longestChain: (options) => filesOptionsSchema.parse(options).longestChain,
  removableOptions: [...removableCommonOptions, 'parallelism'],
  secrets: [],
  secretPlace: () => ({}),
  readFrom: ({ connection }) => ({ root: loose(connection)['root'] }),
  completePatch: (_stored, patch) => ({ ...patch }),
  place: (connection) => filesConnectionSchema.safeParse(connection).data?.root ?? 'an unknown place',
  addresses: () => [],
  localPaths: ({ connection }) => [filesConnectionSchema.parse(connection).root],
  certificate: () => null,
  loads: () => null,
} satisfies EngineContract
