import { createHash } from 'node:crypto'
import type { Client } from 'pg'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { postgresTargetSchema } from '@/lib/contracts/engines/postgres'
import type { RestoreInput } from '@/lib/ports/backup-method'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { RunContext } from '@/lib/ports/run-context'
import { checkContents, checkTarget, databaseExists, targetExists } from './check-target'
import { classifyQueryError, errorCode } from '@/lib/engines/postgres/classify-error'
import type { TocEntry } from '@/lib/engines/postgres/logical/archive/archive-format'
import { applyEntries, type Refused } from './apply-entries'
import { damagedStored } from '@/lib/engines/postgres/logical/archive/archive-error'
import { beyondRole } from './beyond-role'
import { boundExtensions } from './bound-extensions'
import { connect, withConnection, withMaintenance } from '@/lib/engines/postgres/connect/connect'
import { createDatabase, LocaleMissing } from './create-database'
import {
  databaseEntries,
  type DatabaseEntries,
  type DatabaseStatement,
} from '@/lib/engines/postgres/logical/archive/database-entries'
import { dropDatabase } from './drop-database'
import { findRestoreClient } from './find-restore-client'
import { type ManifestFacts, manifestFacts } from '@/lib/engines/postgres/logical/archive/manifest-facts'
import { quoteIdentifier } from '@/lib/engines/postgres/connect/quote'
import { refreshViews, type UnfilledView } from './refresh-views'
import { restoreError } from './restore-error'
import { restoreJobs } from './restore-jobs'
import { partsToRead, readPartContents, type RestorePlan, restoreParts } from './restore-parts'
import { selectEntries } from '@/lib/engines/postgres/logical/archive/select-entries'
import { type Settings, settingsToRestore, takeSettings } from '@/lib/engines/postgres/connect/session-settings'
import { planTablespaces } from './tablespaces'
import { openRestoreWorkplace } from './workplace'
import { partOf } from '@/lib/engines/postgres/logical/archive/parts'

const suffix = '__holdfast_incomplete'
const cleanUpMs = 60_000

/**
 * `<name>__holdfast_incomplete` within PostgreSQL's 63 bytes. Of ASCII alone, other names by a hash: the database must be
 * found by this name from within itself, where its own encoding would write other letters in other bytes.
 */
export function incompleteName(database: string): string {
  const plain = database.replace(/[^\0-\x7f]/gu, '_')
  const mark = plain === database ? '' : `_${createHash('sha256').update(database).digest('hex').slice(0, 8)}`
  return plain.slice(0, 63 - mark.length - suffix.length) + mark + suffix
}

/**
 * Restores into a new database. Until the last statement it has a name that says it is incomplete; then it is renamed.
 * On failure and on abort it is removed.
 */
export async function restore(input: RestoreInput, run: RunContext): Promise<{ warnings: string[] }> {
  const target = { ...postgresTargetSchema.parse(input.target), source: input.target.source }
  const incomplete = incompleteName(target.database)
  let name = incomplete
  let created = false
  let last: Client | undefined
  const undo: (() => Promise<void>)[] = []
  try {
    return await withMaintenance(target.source, run.signal, async (client) => {
      const facts = manifestFacts(input.manifest)
      await takeSettings(client, await settingsToRestore(client))
      const { serverMajor, superuser } = await checkTarget(client, target.database, facts.serverMajor)
      const tool = await findRestoreClient(facts.toolMajor, input.manifest.tool?.version ?? '', serverMajor)
      const place = await openRestoreWorkplace(target.source, [tool.folder], input.keepOut, run)
      undo.push(place.close)
      const contents = await readPartContents(input.open, partOf(input.manifest, 'archive'), place, run)
      const selection = target.only ? selectEntries(contents.entries, target.only) : null
      await checkContents(client, contents, target.owners)
      const chosen = selection ? new Set(selection.dumpIds) : null
      const made = chosen ? contents.entries.filter(({ dumpId }) => chosen.has(dumpId)) : contents.entries
      const beyond = beyondRole(superuser ? [] : made)
      const bound = await boundExtensions(client, made, target.database)
      const first = bound?.rest ?? selection
      const globals = partOf(input.manifest, 'globals')
      const needed = [...partsToRead(input.manifest, selection), ...(globals ? [globals] : [])]
      const {
        database: tablespace,
        keep: keepTablespaces,
        warnings,
      } = await planTablespaces(client, contents.entries, selection)
      await removeLeftover(client, target.source, incomplete, run)
      created = true
      await createDatabase(client, incomplete, facts.locale, serverMajor, { tablespace }).catch(refuseLocale)
      const database = ownStatements(contents.entries, target.owners)
      const inDatabase = <T>(signal: AbortSignal, work: (connection: Client) => Promise<T>) =>
        withConnection(target.source, signal, work, name)
      warnings.push(...(await applyInside(target.source, incomplete, database.before, run)))
      let settings = await inDatabase(run.signal, (connection) => sessionFor(connection, facts))
      const restoring = async (database: string, plan: Pick<RestorePlan, 'selection' | 'fillViews' | 'check'>) => {
        const args = [
          ...(keepTablespaces ? [] : ['--no-tablespaces']),
          ...(target.owners === 'drop' ? ['--no-owner', '--no-privileges'] : []),
        ]
        const { messages } = await restoreParts(
          {
            manifest: input.manifest,
            open: input.open,
            feed: input.feed,
            contents,
            tool: { client: tool, target: target.source, database, args, settings, place },
            jobs: restoreJobs(target.parallelism),
            phase: 'restoring',
            leaveOut: beyond.dumpIds,
            ...plan,
          },
          run,
        )
        if (messages) warnings.push(messages)
      }
      await restoring(name, {
        selection: first,
        fillViews: async (scope) => {
          const unfilled = await inDatabase(scope.signal, async (connection) => {
            await takeSettings(connection, settings)
            return refreshViews(connection, contents.entries, first && new Set(first.dumpIds), scope.signal)
          })
          warnings.push(...unfilled.map(notFilled))
          // Opened before event triggers are there: one on login would run in this session too, or keep it out.
          last = await connect(target.source, scope.signal, incomplete)
        },
        check: (checking) => input.check(needed, checking),
      })
      if (beyond.names.length > 0) {
        warnings.push(`Left out, because only a superuser may make it: ${beyond.names.join(', ')}.`)
      }
      if (selection && selection.leftOut.length > 0) {
        warnings.push(`Left out, because it needs what was not selected: ${selection.leftOut.join(', ')}.`)
      }
      if (last) warnings.push(...(await apply(last, incomplete, selection ? [] : database.after)))
      await last?.end()
      await finish(target, incomplete, run)
      name = target.database
      if (bound?.afterwards) {
        // By now the database has its own settings, read-only perhaps.
        settings = await inDatabase(run.signal, (connection) => sessionFor(connection, facts))
        await restoring(name, { selection: bound.afterwards, fillViews: async () => undefined })
      }
      if (bound) warnings.push(bound.warning)
      created = false
      return { warnings }
    })
  } catch (error) {
    // 42P04: somebody else made it in the meantime, so it is theirs.
    if (created && errorCode(error) !== '42P04') await remove(target.source, name, run)
    run.signal.throwIfAborted()
    throw classifyQueryError(withoutSource(restoreError(damagedStored(error))))
  } finally {
    await last?.end().catch(() => undefined)
    for (const step of undo) await step()
  }
}

/** Rows would sort in another order than every application expects, and partitions of text might not take them. */
function refuseLocale(error: unknown): never {
  if (!(error instanceof LocaleMissing)) throw error
  const { locale, reason } = error
  throw new HoldfastError('target-unfit', `The target server does not have the locale ${locale}: ${reason}.`, {
    remedy: `Install the locale ${locale} on the machine of the target server and restore again. Or download the backup and restore it with pg_restore into a database that you made with another locale.`,
    facts: { locale },
    cause: error,
  })
}

/** Who restores may have lost the source, and cannot mend it any more. */
function withoutSource(error: unknown): unknown {
  if (!(error instanceof HoldfastError) || error.facts['fault'] !== 'source') return error
  const byHand =
    'If the source is gone: download the backup and restore it without this object (pg_restore -l writes a list, -L takes it without that line), then mend the rows and make the object by hand.'
  return new HoldfastError(error.code, error.message, {
    remedy: [error.remedy, byHand].filter(Boolean).join(' '),
    facts: error.facts,
    cause: error,
  })
}

/** The connection of the start may have been idle for hours; the last statement gets a fresh one. */
async function finish(
  { source, database }: { source: SourceSpec; database: string },
  incomplete: string,
  run: RunContext,
): Promise<void> {
  await withMaintenance(source, run.signal, async (client) => {
    await takeSettings(client, await settingsToRestore(client))
    if (await databaseExists(client, database)) throw targetExists(database)
    await client.query(`ALTER DATABASE ${quoteIdentifier(incomplete)} RENAME TO ${quoteIdentifier(database)}`)
  })
}

/** Names of roles are bytes, and the archive's are in the database's own encoding: so they are said in it. */
async function applyInside(
  source: SourceSpec,
  incomplete: string,
  statements: DatabaseStatement[],
  run: RunContext,
): Promise<string[]> {
  if (statements.length === 0) return []
  return withConnection(source, run.signal, (client) => apply(client, incomplete, statements), incomplete)
}

async function apply(client: Client, incomplete: string, statements: DatabaseStatement[]): Promise<string[]> {
  await takeSettings(client, await settingsToRestore(client))
  return (await applyEntries(client, incomplete, statements)).map(notTaken)
}

function ownStatements(entries: readonly TocEntry[], owners: 'keep' | 'drop'): DatabaseEntries {
  const { before, after } = databaseEntries(entries)
  const isKept = ({ kind }: DatabaseStatement) => owners === 'keep' || kind !== 'ownership'
  return { before: before.filter(isKept), after: after.filter(isKept) }
}

const notTaken = ({ statement, reason }: Refused) => `The ${statement.about} was not restored: ${reason}.`

const notFilled = ({ name, reason }: UnfilledView) =>
  `The materialized view ${name} has no rows yet: ${reason}. Fill it with REFRESH MATERIALIZED VIEW ${name}.`

/** Amounts of type `money` are written as in the source's locale, whatever the target's own is. */
async function sessionFor(connection: Client, { usesMoney, session }: ManifestFacts): Promise<Settings> {
  const locale = session['lc_monetary']
  const settings = await settingsToRestore(connection, usesMoney && locale !== undefined ? { lc_monetary: locale } : {})
  try {
    await takeSettings(connection, settings)
  } catch (error) {
    const invalidValue = '22023'
    if (errorCode(error) !== invalidValue) throw error
    throw new HoldfastError(
      'target-unfit',
      `The backup holds amounts of type money, written as in the locale ${locale}, which the target server does not have.`,
      { remedy: `Add the locale ${locale} to the machine of the target server.`, facts: { locale }, cause: error },
    )
  }
  return settings
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
