import type { Client } from 'pg'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { partOf } from '@/lib/core/repository/manifest'
import type { Engine, SourceSpec } from '@/lib/ports/engine'
import type { RunContext } from '@/lib/ports/run-context'
import { checkContents, checkTarget, databaseExists, targetExists } from './check-target'
import { classifyQueryError, errorCode } from './classify-error'
import { withMaintenance } from './connect'
import { createDatabase } from './create-database'
import { dropDatabase } from './drop-database'
import { findRestoreClient } from './find-restore-client'
import { manifestFacts } from './manifest-facts'
import { quoteIdentifier } from './quote'
import { restoreError } from './restore-error'
import { restoreJobs } from './restore-jobs'
import { partsToRead, readPartContents, restoreParts } from './restore-parts'
import { selectEntries } from './select-entries'
import { openRestoreWorkplace } from './workplace'

type RestoreInput = Parameters<Engine['restore']>[0]

const suffix = '__holdfast_incomplete'
const cleanUpMs = 60_000

/** `<name>__holdfast_incomplete` within PostgreSQL's 63 bytes, never cutting a character in two. */
export function incompleteName(database: string): string {
  let base = database
  while (Buffer.byteLength(base) + suffix.length > 63) base = [...base].slice(0, -1).join('')
  return base + suffix
}

/**
 * Restores into a new database. Until the last statement it has a name that says it is incomplete; then it is renamed.
 * On failure and on abort it is removed.
 */
export async function restore(input: RestoreInput, run: RunContext): Promise<{ warnings: string[] }> {
  const { target } = input
  const incomplete = incompleteName(target.database)
  let created = false
  const undo: (() => Promise<void>)[] = []
  try {
    return await withMaintenance(target.source, run.signal, async (client) => {
      const facts = manifestFacts(input.manifest)
      const { serverMajor } = await checkTarget(client, target.database, facts.serverMajor)
      const tool = await findRestoreClient(facts.toolMajor, input.manifest.toolVersion, serverMajor)
      const place = await openRestoreWorkplace(target.source, [tool.folder], input.keepOut, run)
      undo.push(place.close)
      const contents = await readPartContents(input.open, partOf(input.manifest, 'archive'), place, run)
      const selection = target.only ? selectEntries(contents.entries, target.only) : null
      await checkContents(client, contents, target.owners)
      const globals = partOf(input.manifest, 'globals')
      const needed = [...partsToRead(input.manifest, selection), ...(globals ? [globals] : [])]
      await removeLeftover(client, target.source, incomplete, run)
      created = true
      const warnings = await createDatabase(client, incomplete, facts.locale, serverMajor)
      const { messages } = await restoreParts(
        {
          manifest: input.manifest,
          open: input.open,
          feed: input.feed,
          contents,
          tool: {
            client: tool,
            target: target.source,
            database: incomplete,
            args: ['--no-tablespaces', ...(target.owners === 'drop' ? ['--no-owner', '--no-privileges'] : [])],
            place,
          },
          jobs: restoreJobs(target.parallelism),
          phase: 'restoring',
          check: (checking) => input.check(needed, checking),
          selection,
        },
        run,
      )
      if (messages) warnings.push(messages)
      if (selection && selection.leftOut.length > 0) {
        warnings.push(`Left out, because it needs what was not selected: ${selection.leftOut.join(', ')}.`)
      }
      if (contents.databaseProperties && !selection) {
        warnings.push(
          'Settings and comments of the database itself (ALTER DATABASE ... SET) are not restored into a new name.',
        )
      }
      await giveName(target.source, incomplete, target.database, run)
      created = false
      return { warnings }
    })
  } catch (error) {
    // 42P04: somebody else made it in the meantime, so it is theirs.
    if (created && errorCode(error) !== '42P04') await remove(target.source, incomplete, run)
    run.signal.throwIfAborted()
    throw classifyQueryError(restoreError(error))
  } finally {
    for (const step of undo) await step()
  }
}

/** The connection of the start may have been idle for hours; the last statements get a fresh one. */
async function giveName(source: SourceSpec, incomplete: string, name: string, run: RunContext): Promise<void> {
  await withMaintenance(source, run.signal, async (client) => {
    if (await databaseExists(client, name)) throw targetExists(name)
    await client.query(`ALTER DATABASE ${quoteIdentifier(incomplete)} RENAME TO ${quoteIdentifier(name)}`)
  })
}

/** What an earlier attempt left is removed, unless somebody is connected: that may be a restore that still runs. */
async function removeLeftover(
  client: Client,
  source: SourceSpec,
  incomplete: string,
  { signal }: RunContext,
): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_stat_activity WHERE datname = $1', [incomplete])
  if ((rowCount ?? 0) > 0) {
    throw new HoldfastError('restore-running', `Another restore is writing ${incomplete}.`, {
      remedy: 'Wait for it to end, or choose another name.',
      transient: true,
    })
  }
  await dropDatabase(client, source, incomplete, { force: false, signal })
}

async function remove(source: SourceSpec, incomplete: string, run: RunContext): Promise<void> {
  const signal = AbortSignal.timeout(cleanUpMs)
  try {
    await withMaintenance(source, signal, (client) => dropDatabase(client, source, incomplete, { force: true, signal }))
  } catch (error) {
    run.logger.error('an incomplete database was left behind', { database: incomplete, error: String(error) })
  }
}
