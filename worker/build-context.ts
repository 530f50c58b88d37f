import type { Actor } from '@/lib/contracts/common'
import { createDb } from '@/lib/db/client'
import { findEngine } from '@/lib/engines/index'
import { notifierDrivers } from '@/lib/notify/index'
import type { Logger } from '@/lib/ports/run-context'
import type { ServiceContext } from '@/lib/services/context'
import { openStorage } from '@/lib/storage/index'
import { openCatalogVault } from '@/lib/services/master-key/open-catalog-vault'
import { loadMasterKeys } from '@/lib/vault/master-keys'

/** The composition root of worker and CLI: the only place outside the web where adapters are chosen. */
export async function buildContext(input: {
  actor: Actor
  logger: Logger
  home: string
  databaseUrl: string
}): Promise<{ ctx: ServiceContext; close(): Promise<void> }> {
  const { logger, databaseUrl } = input
  const keys = await loadMasterKeys({ env: process.env, home: input.home })
  const db = createDb(databaseUrl)
  const vault = await openCatalogVault(db, keys).catch(async (error: unknown) => {
    await db.$disconnect()
    throw error
  })
  const ctx: ServiceContext = {
    actor: input.actor,
    db,
    vault,
    clock: { now: () => new Date() },
    logger,
    engine: findEngine,
    notifier: (kind) => notifierDrivers[kind],
    openStorage,
  }
  return {
    ctx,
    async close() {
      await db.$disconnect()
    },
  }
}
