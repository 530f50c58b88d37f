import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ServiceContext } from '@/lib/services/context'
import { leaseMs } from '@/lib/services/job/recover-jobs'
import { changeMasterKey } from '@/lib/services/master-key/change-master-key'
import { finishRotation } from '@/lib/services/master-key/finish-rotation'
import { openCatalogVault } from '@/lib/services/master-key/open-catalog-vault'
import { readRotation } from '@/lib/services/master-key/rotation-state'
import { forgetOldKey, loadMasterKeys, nextMasterKey, promoteNextKey } from '@/lib/vault/master-keys'
import { openVault } from '@/lib/vault/open-vault'
import { isGone } from '../process-key'
import { silentLogger } from './silent-logger'
import type { Answer } from './verb'

/**
 * `rotate-master-key`: replaces the master key while web and worker are stopped. Every step can be interrupted and done
 * again; until the last one the old key stays beside the new one, so that all that either has sealed can be opened.
 */
export async function rotateMasterKey(ctx: ServiceContext, home: string): Promise<Answer> {
  await refuseWhileRunning(ctx)
  const place = { env: process.env, home }
  const keys = await loadMasterKeys(place)
  let secrets: number | null = null
  if (!(await readRotation(ctx.db))?.from) {
    const next = await nextMasterKey(place, keys)
    secrets = (await changeMasterKey(ctx, openVault(next))).secrets
    next.fill(0)
  }
  if (!keys.given) await promoteNextKey(home)
  const vault = await openCatalogVault(ctx.db, await loadMasterKeys(place))
  const run = {
    signal: new AbortController().signal,
    logger: silentLogger,
    clock: ctx.clock,
    progress: () => undefined,
  }
  const forget = keys.given ? async () => undefined : () => forgetOldKey(home)
  const { wrapped, left, troubles } = await finishRotation({ ...ctx, vault }, run, forget)
  const json = { done: left === 0, keyId: vault.keyId, secrets, wrapped, left, troubles }
  return { json, text: describe({ ...json, given: keys.given }), ok: left === 0 }
}

async function refuseWhileRunning(ctx: ServiceContext): Promise<void> {
  const since = new Date(ctx.clock.now().getTime() - leaseMs)
  const workers = await ctx.db.worker.findMany({ where: { stoppedAt: null, heartbeatAt: { gt: since } } })
  const alive = workers.filter(({ processKey }) => !isGone(processKey))
  if (alive.length === 0) return
  throw new HoldfastError('still-running', `A worker of this catalog runs on ${alive[0]?.host}.`, {
    remedy: 'Stop Holdfast first, on every machine that uses this catalog; then run this again.',
  })
}

function describe(end: {
  done: boolean
  secrets: number | null
  wrapped: number
  left: number
  troubles: string[]
  given: boolean
}): string {
  const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`
  return [
    end.secrets === null
      ? 'Went on with the replacement that was begun before.'
      : `${count(end.secrets, 'secret')} of the catalog sealed with the new master key.`,
    `${count(end.wrapped, 'key')} of backups and logs wrapped for it.`,
    ...(end.done
      ? [
          end.given
            ? 'Done. Give the new key as HOLDFAST_MASTER_KEY from now on, and drop the old one.'
            : 'Done. The old master key was removed; it opens nothing that is written from now on.',
          'Back up the catalog once Holdfast runs again: its older backups need the old key for their secrets. Make a new',
          'recovery kit when you find the time: the public signing key in the present one is the old one.',
        ]
      : [
          `${end.left} could not be wrapped yet, so the old key stays beside the new one. ${end.troubles.join(' ')}`,
          'Holdfast can be started; run this again when those destinations can be used.',
        ]),
  ].join('\n')
}
