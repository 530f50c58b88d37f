import type { Actor } from '../contracts/common'
import type { Db } from '../db/client'
import type { Engine } from '../ports/engine'
import type { NotifierDriver } from '../ports/notifier'
import type { Clock, Logger } from '../ports/run-context'
import type { DestinationSpec, Storage } from '../ports/storage'
import type { Vault } from '../ports/vault'

/** What every service is called with. Built in lib/server/container.ts and worker/main.ts alone. */
export interface ServiceContext {
  actor: Actor
  db: Db
  vault: Vault
  clock: Clock
  logger: Logger
  /** The engine of a family; throws `engine-unsupported` for one that is not built in. */
  engine(name: string): Engine
  /** The driver that reaches people over a kind of channel. */
  notifier(kind: NotifierDriver['kind']): NotifierDriver
  /** Opens a destination's store, with retries around it. The caller closes it. */
  openStorage(spec: DestinationSpec): Storage
}
