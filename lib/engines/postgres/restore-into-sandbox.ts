import type { Client } from 'pg'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { OpenPart } from '@/lib/ports/engine'
import type { RunContext } from '@/lib/ports/run-context'
import type { WalkOptions } from './archive/archive-walker'
import type { TocEntry } from './archive/archive-format'
import { errorCode, errorText } from './classify-error'
import type { ArchivedTable } from './count-rows'
import type { Installation } from './find-client'
import { Inventory } from './inventory'
import { type Manifest, partOf } from '@/lib/core/repository/manifest'
import type { ManifestFacts } from './manifest-facts'
import { quoteQualified } from './quote'
import { readGlobals } from './read-globals'
import { restoreError } from './restore-error'
import { restoreJobs } from './restore-jobs'
import { readPartContents, restoreParts } from './restore-parts'
import { prepareDatabase } from './sandbox/prepare'
import type { Sandbox } from './sandbox/start'
import { sandboxWorkplace } from './workplace'

export const sandboxDatabase = 'sandbox'

/** What the archive held, learnt while it was restored. */
export interface Restored {
  largeObjects: number
  /** Of the one part that holds any; absent when there are none, or no hashes were taken. */
  largeObjectsHash?: string | undefined
  inventory: Inventory
  tables: ArchivedTable[]
  filledViews: string[]
  warnings: string[]
}

interface Input {
  manifest: Manifest
  open: OpenPart
  level: 'standard' | 'comprehensive'
  facts: ManifestFacts
  client: Installation
  sandbox: Sandbox
  admin: Client
}

export async function restoreIntoSandbox(input: Input, run: RunContext): Promise<Restored> {
  const warnings = await prepare(input, run)
  const { manifest, open, sandbox, client } = input
  const place = sandboxWorkplace(sandbox)
  const inventory = new Inventory()
  const tables: ArchivedTable[] = []
  const filledViews: string[] = []
  try {
    const contents = await readPartContents(open, partOf(manifest, 'archive'), place, run)
    for (const entry of contents.entries) {
      inventory.add(entry)
      if (entry.type === 'MATERIALIZED VIEW DATA') filledViews.push(quoteQualified(entry.schema, entry.name))
    }
    const { summaries, messages } = await restoreParts(
      {
        manifest,
        open,
        contents,
        tool: { client, target: sandbox.source, database: sandboxDatabase, args: ['--no-tablespaces'], place },
        jobs: restoreJobs(),
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
    return { largeObjects, largeObjectsHash, inventory, tables, filledViews, warnings }
  } catch (error) {
    throw sandboxError(restoreError(error))
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

async function prepare(input: Input, run: RunContext): Promise<string[]> {
  const part = partOf(input.manifest, 'globals')
  if (!part) {
    const warnings = await prepareDatabase(input.admin, sandboxDatabase, [], input.facts)
    return ['The backup holds no roles: objects of other owners cannot be restored.', ...warnings]
  }
  const globals = await readGlobals(input.open, part, run)
  try {
    return await prepareDatabase(input.admin, sandboxDatabase, globals, input.facts)
  } catch (error) {
    if (isTroubleOfServer(error)) throw errorCode(error) === '53100' ? sandboxFull(error) : sandboxBroke(error)
    const message = `The roles and the empty database could not be made: ${errorText(error)}`
    throw new HoldfastError('restore-failed', message, { cause: error })
  }
}

/** Only what the server says of a statement blames the backup; not its resources, its end, its files or the connection. */
const isTroubleOfServer = (error: unknown) => !/^(?!08|53|57|58)[0-9FHPX][0-9A-Z]{4}$/.test(errorCode(error))

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
function sandboxError(error: unknown): unknown {
  if (!(error instanceof HoldfastError)) return error
  const { message, facts } = error
  if (error.code === 'roles-missing') return new HoldfastError('restore-failed', message, { facts, cause: error })
  return error.code === 'target-full' ? sandboxFull(error, facts) : error
}
