import path from 'node:path'
import type { Actor } from '@/lib/contracts/common'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { createDb, type Db } from '@/lib/db/client'
import { findEngine } from '@/lib/engines/index'
import { notifierDrivers } from '@/lib/notify/index'
import type { Vault } from '@/lib/ports/vault'
import type { ServiceContext } from '@/lib/services/context'
import { TokenGuesses } from '@/lib/services/token/token-guesses'
import { openStorage } from '@/lib/storage/index'
import { openCatalogVault } from '@/lib/services/master-key/open-catalog-vault'
import { checkCatalog } from '@/lib/services/settings/check-catalog'
import { loadMasterKeys, type MasterKeys } from '@/lib/vault/master-keys'
import { createLogger } from '@/lib/process/create-logger'
import { contextOf } from './context-of'
import { JobWatch } from './job-watch'
import { takeSecret } from './sign-in/take-secret'

/** What the web process holds once: everything of a service's context but who asks. */
export interface Container {
  context: Omit<ServiceContext, 'actor'>
  jobWatch: JobWatch
  tokenGuesses: TokenGuesses
  close(): Promise<void>
}

/** Pages, routes and the proxy are bundled apart and would each hold a module's variables; the process is one. */
const holder: typeof globalThis & { holdfastContainer?: Promise<Container> | undefined } = globalThis

/** The process's container, built at first use. A failure (catalog away) is not kept: the next call tries again. */
export function container(): Promise<Container> {
  holder.holdfastContainer ??= build().catch((error: unknown) => {
    holder.holdfastContainer = undefined
    throw error
  })
  return holder.holdfastContainer
}

/** The context of one request. */
export async function serviceContext(actor: Actor): Promise<ServiceContext> {
  return contextOf((await container()).context, actor)
}

/** Ends connections; the next use builds a new container. */
export async function closeContainer(): Promise<void> {
  const open = holder.holdfastContainer
  holder.holdfastContainer = undefined
  await (await open)?.close()
}

async function build(): Promise<Container> {
  const url = takeSecret('DATABASE_URL')
  if (!url) {
    throw new HoldfastError('not-configured', 'DATABASE_URL is not set.', { remedy: 'Start Holdfast with npm start.' })
  }
  const logger = createLogger('web')
  const home = path.resolve(process.env['HOLDFAST_HOME'] ?? '.holdfast')
  const keys = await loadMasterKeys({
    env: { ...process.env, HOLDFAST_MASTER_KEY: takeSecret('HOLDFAST_MASTER_KEY') },
    home,
  })
  const db = createDb(url)
  const vault = await openVaultOf(db, keys)
  return {
    context: {
      db,
      vault,
      clock: { now: () => new Date() },
      logger,
      engine: findEngine,
      notifier: (kind) => notifierDrivers[kind],
      openStorage,
    },
    jobWatch: new JobWatch(db),
    tokenGuesses: new TokenGuesses(),
    async close() {
      await db.$disconnect()
    },
  }
}

/** The first connection of a busy machine may take a while. */
const firstAnswerMs = 30_000

/** An unreachable catalog is reported; nothing stays open. */
async function openVaultOf(db: Db, keys: MasterKeys): Promise<Vault> {
  try {
    await checkCatalog({ ctx: { db }, withinMs: firstAnswerMs })
    return await openCatalogVault(db, keys)
  } catch (error) {
    await db.$disconnect()
    throw error
  }
}
