import type { Client } from 'pg'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { OpenPart } from '@/lib/ports/engine'
import type { RunContext } from '@/lib/ports/run-context'
import type { ArchiveSummary } from './archive/archive-walker'
import type { TocEntry } from './archive/archive-format'
import { errorText } from './classify-error'
import type { ArchivedTable } from './count-rows'
import type { Installation } from './find-client'
import { Inventory } from './inventory'
import type { Manifest } from '@/lib/core/repository/manifest'
import type { ManifestFacts } from './manifest-facts'
import { quoteQualified } from './quote'
import { readGlobals } from './read-globals'
import { restoreArchive } from './restore-archive'
import { restoreError } from './restore-error'
import { prepareDatabase } from './sandbox/prepare'
import type { Sandbox } from './sandbox/start'

export const sandboxDatabase = 'sandbox'

/** What the archive held, learnt while it was restored. */
export interface Restored {
  summary: ArchiveSummary
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
  const inventory = new Inventory()
  const data = new Map<number, TocEntry>()
  const tables: ArchivedTable[] = []
  const filledViews: string[] = []
  const { summary, messages } = await restoreArchive(
    {
      archive: await input.open('archive', run),
      target: input.sandbox.source,
      database: sandboxDatabase,
      client: input.client,
      args: ['--no-tablespaces'],
      user: input.sandbox.user,
      phase: 'restoring into the sandbox',
      totalBytes: input.facts.archiveBytes,
      walk: {
        countRows: true,
        hashRows: input.level === 'comprehensive',
        onEntry: (entry) => {
          inventory.add(entry)
          if (entry.type === 'TABLE DATA') data.set(entry.dumpId, entry)
          if (entry.type === 'MATERIALIZED VIEW DATA') filledViews.push(quoteQualified(entry.schema, entry.name))
        },
        onTable: ({ dumpId, rows, sha256 }) => {
          const entry = data.get(dumpId)
          if (entry)
            tables.push({ schema: entry.schema, name: entry.name, copyStatement: entry.copyStatement, rows, sha256 })
        },
      },
    },
    run,
  ).catch((error: unknown) => Promise.reject(sandboxError(restoreError(error))))
  if (/warning:|error:|errors ignored/i.test(messages)) {
    throw new HoldfastError('restore-failed', `pg_restore reported: ${messages.split('\n')[0] ?? ''}`, {
      facts: { stderr: messages },
    })
  }
  return { summary, inventory, tables, filledViews, warnings }
}

async function prepare(input: Input, run: RunContext): Promise<string[]> {
  if (!input.manifest.parts.some((part) => part.role === 'globals')) {
    const warnings = await prepareDatabase(input.admin, sandboxDatabase, [], input.facts)
    return ['The backup holds no roles: objects of other owners cannot be restored.', ...warnings]
  }
  const globals = await readGlobals(input.open, run)
  try {
    return await prepareDatabase(input.admin, sandboxDatabase, globals, input.facts)
  } catch (error) {
    throw new HoldfastError('restore-failed', `The roles could not be restored: ${errorText(error)}`, { cause: error })
  }
}

/** In a sandbox, the roles come from the backup itself: one that is missing is the backup's fault; a full disk is not. */
function sandboxError(error: unknown): unknown {
  if (!(error instanceof HoldfastError)) return error
  const { message, facts } = error
  if (error.code === 'roles-missing') return new HoldfastError('restore-failed', message, { facts, cause: error })
  if (error.code === 'target-full') {
    const remedy = 'Free some space for the sandbox and test again.'
    return new HoldfastError('sandbox-unavailable', 'The sandbox ran out of disk space.', {
      remedy,
      facts,
      cause: error,
    })
  }
  return error
}
