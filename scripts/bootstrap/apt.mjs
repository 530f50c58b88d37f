import { setTimeout as delay } from 'node:timers/promises'
import { run } from './run.mjs'
import { say, StartError } from './say.mjs'

/** What apt-get says when another program holds one of its locks (packages, lists, archives). */
const locked = /Could not get lock|Unable to (?:acquire|lock)|is another process using it/i
const waitMs = 10 * 60_000
const againMs = 3_000
const sayMs = 30_000

/**
 * Runs apt-get. On a fresh machine another one often works in the background (unattended upgrades): it is waited for, and
 * said, with its number where apt knows it. apt's own waiting covers one of its locks only and says nothing.
 */
export async function apt(args, { env, patience = waitMs, pause = againMs } = {}) {
  const startedAt = Date.now()
  let saidAt = null
  for (;;) {
    try {
      return await run('apt-get', ['-o', 'DPkg::Lock::Timeout=0', ...args], { env })
    } catch (error) {
      if (!locked.test(error.output ?? '')) throw error
      const holder = holderOf(error.output)
      if (Date.now() - startedAt >= patience) {
        throw new StartError(
          `Another program${holder} has kept the package manager for itself for ${Math.round(patience / 60_000)} minutes. Wait until it is done, then run: apt-get ${args.join(' ')}`,
        )
      }
      if (saidAt === null || Date.now() - saidAt >= sayMs) {
        saidAt = Date.now()
        say(`Another program${holder} is using the package manager; waiting until it is done`)
      }
      await delay(pause)
    }
  }
}

/** ` (process 4711, unattended-upgr)`, if apt names it. */
function holderOf(text) {
  const [, pid, name] = /held by process (\d+)(?: \(([^)]+)\))?/.exec(text) ?? []
  return pid ? ` (process ${pid}${name ? `, ${name}` : ''})` : ''
}
