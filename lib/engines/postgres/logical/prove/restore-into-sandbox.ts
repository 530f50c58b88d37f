import type { Client } from 'pg'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { OpenPart } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { WalkOptions } from '@/lib/engines/postgres/logical/archive/archive-walker'
import type { TocEntry } from '@/lib/engines/postgres/logical/archive/archive-format'
import { errorCode, errorText } from '@/lib/engines/postgres/classify-error'
import type { ArchivedTable } from './count-rows'
import { withConnection } from '@/lib/engines/postgres/connect/connect'
import {
  databaseEntries,
  type DatabaseEntries,
  type DatabaseStatement,
} from '@/lib/engines/postgres/logical/archive/database-entries'
import type { Installation } from '@/lib/engines/postgres/connect/find-client'
import { Inventory } from './inventory'
import type { Manifest } from '@/lib/contracts/repository/manifest'
import { isTroubleOfServer } from '@/lib/engines/postgres/connect/is-trouble-of-server'
import type { ManifestFacts } from '@/lib/engines/postgres/logical/archive/manifest-facts'
import { quoteQualified } from '@/lib/engines/postgres/connect/quote'
import { readGlobals } from '@/lib/engines/postgres/logical/archive/read-globals'
import { refreshViews, type UnfilledView } from '@/lib/engines/postgres/logical/restore/refresh-views'
import { restoreError } from '@/lib/engines/postgres/logical/restore/restore-error'
import { restoreJobs } from '@/lib/engines/postgres/logical/restore/restore-jobs'
import { readPartContents, restoreParts } from '@/lib/engines/postgres/logical/restore/restore-parts'
import { makeRoles } from './make-roles'
import { type InDatabase, makeProperties, type Prepared, prepareDatabase } from './prepare'
import type { SandboxServer } from '@/lib/engines/postgres/sandbox/start'
import { sandboxWorkplace } from '@/lib/engines/postgres/logical/restore/workplace'
import { partOf } from '@/lib/engines/postgres/logical/archive/parts'

export const sandboxDatabase = 'sandbox'

/** What the archive held, learnt while it was restored. */
export interface Restored {
  largeObjects: number
  /** Of the one part that holds any; absent when there are none, or no hashes were taken. */
  largeObjectsHash?: string | undefined
  inventory: Inventory
  /** What was made of the database's own settings, rights and the like. */
  properties: DatabaseStatement[]
  tables: ArchivedTable[]
  filledViews: string[]
  unfilledViews: UnfilledView[]
  warnings: string[]
}

interface Input {
  manifest: Manifest
  open: OpenPart
  level: 'standard' | 'comprehensive'
  facts: ManifestFacts
  client: Installation
  sandbox: SandboxServer
  admin: Client
}

export async function restoreIntoSandbox(input: Input, run: RunContext): Promise<Restored> {
  const { manifest, open, sandbox, client } = input
  const place = sandboxWorkplace(sandbox)
  const contents = await readPartContents(open, partOf(manifest, 'archive'), place, run)
  const database = databaseEntries(contents.entries)
  const { warnings, lacking, applied } = await prepare(input, database, run)
  const inventory = new Inventory()
  const tables: ArchivedTable[] = []
  const filledViews: string[] = []
  const unfilledViews: UnfilledView[] = []
  try {
    for (const entry of contents.entries) {
      inventory.add(entry)
      if (entry.type === 'MATERIALIZED VIEW DATA') filledViews.push(quoteQualified(entry.schema, entry.name))
    }
    const { summaries, messages } = await restoreParts(
      {
        manifest,
        open,
        contents,
        // What its sessions begin with was set for the sandbox's role.
        tool: {
          client,
          target: sandbox.source,
          database: sandboxDatabase,
          args: ['--no-tablespaces'],
          settings: {},
          place,
        },
        jobs: restoreJobs(),
        fillViews: async (scope) => {
          const fill = (connection: Client) => refreshViews(connection, contents.entries, null, scope.signal)
          unfilledViews.push(...(await withConnection(sandbox.source, scope.signal, fill, sandboxDatabase)))
        },
        phase: 'restoring into the sandbox',
        walk: () => collectTables(tables, input.level === 'comprehensive'),
        selection: null,
      },
      run,
    )
    if (/warning:|error:|errors ignored/i.test(messages)) {
      throw new HoldfastError('restore-failed', `pg_restore reported: ${messages.split('\n')[0] ?? ''}`, {
        facts: { stderr: messages },
      })
    }
    const largeObjects = summaries.reduce((sum, summary) => sum + summary.largeObjects, 0)
    const largeObjectsHash = summaries.find((summary) => summary.largeObjects > 0)?.largeObjectsHash
    const last = await makeProperties(inside(sandbox, run), sandboxDatabase, database.after)
    warnings.push(...last.notTaken)
    const properties = [...applied, ...last.applied]
    return { largeObjects, largeObjectsHash, inventory, properties, tables, filledViews, unfilledViews, warnings }
  } catch (error) {
    throw sandboxError(restoreError(error), lacking)
  }
}

/** Counts what one stream brings; the numbers of its entries are its own. */
function collectTables(tables: ArchivedTable[], hashRows: boolean): WalkOptions {
  const data = new Map<number, TocEntry>()
  return {
    countRows: true,
    hashRows,
    onEntry: (entry) => {
      if (entry.type === 'TABLE DATA') data.set(entry.dumpId, entry)
    },
    onTable: ({ dumpId, rows, rowsHash }) => {
      const entry = data.get(dumpId)
      if (!entry) return
      const { schema, name, copyStatement } = entry
      tables.push({ schema, name, copyStatement, rows, rowsHash })
    },
  }
}

/** Statements about the database are in its own encoding, so they are said in it. */
const inside =
  ({ source }: SandboxServer, run: RunContext): InDatabase =>
  (work) =>
    withConnection(source, run.signal, work, sandboxDatabase)

async function prepare(input: Input, database: DatabaseEntries, run: RunContext): Promise<Prepared> {
  const inDatabase = inside(input.sandbox, run)
  const part = partOf(input.manifest, 'globals')
  const globals = part ? await readGlobals(input.open, part, input.facts.locale.encoding, run) : null
  try {
    const warnings = globals
      ? await makeRoles(input.admin, input.sandbox.source, globals, input.facts.serverMajor, run)
      : []
    const prepared = await prepareDatabase(input.admin, sandboxDatabase, warnings, input.facts, database, inDatabase)
    if (!part) prepared.warnings.unshift('The backup holds no roles: objects of other owners cannot be restored.')
    return prepared
  } catch (error) {
    if (error instanceof HoldfastError) throw error
    if (isTroubleOfServer(error)) throw errorCode(error) === '53100' ? sandboxFull(error) : sandboxBroke(error)
    const message = `The roles and the empty database could not be made: ${errorText(error)}`
    throw new HoldfastError('restore-failed', message, { cause: error })
  }
}

function sandboxFull(cause: unknown, facts: Record<string, unknown> = {}): HoldfastError {
  const remedy = 'Free some space for the sandbox and test again.'
  return new HoldfastError('sandbox-unavailable', 'The sandbox ran out of disk space.', { remedy, facts, cause })
}

function sandboxBroke(cause: unknown): HoldfastError {
  const message = `The sandbox's server could not go on: ${errorText(cause)}`
  const remedy = 'Look at the memory and the disk of this machine, and test again.'
  return new HoldfastError('sandbox-unavailable', message, { remedy, cause })
}

/** In a sandbox, the roles come from the backup itself: one that is missing is the backup's fault; a full disk is not. */
function sandboxError(error: unknown, lacking: string[]): unknown {
  if (!(error instanceof HoldfastError)) return error
  const { message, facts, remedy } = error
  if (error.code === 'extension-missing' || (error.code === 'restore-failed' && facts['fault'] === 'machine')) {
    return new HoldfastError('sandbox-unavailable', `This machine lacks what the database needs. ${message}`, {
      ...(remedy === undefined ? {} : { remedy }),
      facts,
      cause: error,
    })
  }
  if (error.code === 'restore-failed' && facts['certain'] !== true && lacking.length > 0) {
    return new HoldfastError('sandbox-unavailable', `${message} That may be for want of this: ${lacking.join(' ')}`, {
      remedy: 'Give this machine what it lacks, and test again.',
      facts: { ...facts, lacking },
      cause: error,
    })
  }
  if (error.code === 'roles-missing') return new HoldfastError('restore-failed', message, { facts, cause: error })
  return error.code === 'target-full' ? sandboxFull(error, facts) : error
}
