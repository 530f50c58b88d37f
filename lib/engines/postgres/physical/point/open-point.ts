import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { formatLsn } from '@/lib/core/log/lsn'
import { legible } from '@/lib/engines/postgres/connect/unread-bytes'
import { fetchAhead, recover } from '@/lib/engines/postgres/recovery/recover'
import type { RecoveredPoint, RecoverInput } from '@/lib/ports/recovery-method'
import type { RunContext } from '@/lib/ports/run-context'
import { inDatabase } from '@/lib/engines/postgres/physical/restore/own-session'
import { recoveryFacts } from '@/lib/engines/postgres/physical/restore/recovery-facts'
import { makePlaces } from '../restore/make-places'
import { openRecoverySandbox } from '../restore/open-recovery-sandbox'
import { stepTimer } from '../restore/step-timer'
import { unpackChain } from '../restore/unpack-chain'
import { handOverData } from './hand-over-data'
import { queryPoint } from './query-point'

/** What a server begins with. */
const usualPath = '"$user", public'

/** Recovers a base backup and its log to a server at the plan's target, in a sandbox that stays until it is closed. */
export async function openPoint(input: RecoverInput, run: RunContext): Promise<RecoveredPoint> {
  const { recovery, use } = input
  const steps: Record<string, number> = {}
  const timed = stepTimer(steps)
  const { facts, server, chain, sandbox } = await openRecoverySandbox(input, timed, run)
  try {
    const { folder, data } = await makePlaces(sandbox)
    const tablespaceFolder = (oid: string) => join(folder, 'tablespaces', oid)
    const { confinement } = sandbox
    const replaying = { sandbox, folder, ...recovery, facts: recoveryFacts(facts) }
    const handOver = await fetchAhead(replaying, run)
    await timed('unpackMs', () =>
      unpackChain({ chain, confinement, server, folder, directory: data, tablespaceFolder }, run),
    )
    const recovered = await timed('replayMs', () =>
      recover({ ...replaying, server, data, handOver, use: use === 'look' ? 'look' : 'promote' }, run),
    )
    const { reached, leftOut } = recovered
    const databases = await inDatabase(
      recovered.source,
      String(recovered.source.connection['database']),
      run,
      async (client) => {
        const { rows } = await client.query<{ name: string }>(
          'SELECT datname::text AS name FROM pg_database WHERE datallowconn AND datconnlimit <> -2 ORDER BY datname',
        )
        return rows.map(({ name }) => name)
      },
    )
    const scratch = join(sandbox.work, 'scratch')
    await mkdir(scratch, { mode: 0o700 })
    return {
      scratch,
      reached: { ...reached, position: formatLsn(reached.position) },
      steps,
      notes: leftOut.map(({ library, because }) => `The library ${library} is not loaded: ${because}.`),
      databases: databases.map(legible),
      query: ({ database = facts.database, ...query }, scope) =>
        queryPoint(
          recovered.source,
          { ...query, database, searchPath: facts.session['search_path'] ?? usualPath },
          scope,
        ),
      sourceOf: (database, like) => ({
        ...recovered.source,
        ...{ id: like.id, name: like.name, options: { ...like.options, replica: undefined } },
        connection: { ...recovered.source.connection, database: database ?? facts.database },
      }),
      async handOver(directory, keepOut, scope) {
        scope.progress({ phase: 'shutting the server down', doneBytes: 0 })
        await recovered.stop()
        const { tablespaces } = facts
        return timed('handOverMs', () =>
          handOverData({ sandbox, data, tablespaces, tablespaceFolder, directory, keepOut, facts }, scope),
        )
      },
      close: () => sandbox.stop(),
    }
  } catch (error) {
    const filled = sandbox.filled()
    await sandbox.stop()
    run.signal.throwIfAborted()
    throw filled ?? error
  }
}
