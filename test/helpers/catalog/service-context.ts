import { randomUUID } from 'node:crypto'
import type { Actor, Role } from '@/lib/contracts/common'
import type { Db } from '@/lib/db/client'
import type { ServiceContext } from '@/lib/services/context'
import { findEngine } from '@/lib/engines/index'
import { notifierDrivers } from '@/lib/notify/index'
import type { Logger } from '@/lib/ports/run-context'
import { openStorage } from '@/lib/storage/index'
import { openVault } from '@/lib/vault/open-vault'

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
}

/** A clock that a test moves. */
export interface TestClock {
  now(): Date
  advance(ms: number): void
}
export function testClock(start = new Date()): TestClock {
  let at = start.getTime()
  return { now: () => new Date(at), advance: (ms) => (at += ms) }
}

/** A service context on a real catalog with a real vault; jobs are only rows, since no worker runs. */
export function testContext(
  db: Db,
  options: { role?: Role; actor?: Actor; clock?: TestClock } = {},
): ServiceContext & { clock: TestClock } {
  return {
    actor: options.actor ?? { type: 'token', id: randomUUID(), name: 'test', role: options.role ?? 'admin' },
    db,
    vault: openVault(Buffer.alloc(32, 7)),
    clock: options.clock ?? testClock(),
    logger: silent,
    engine: findEngine,
    notifier: (kind) => notifierDrivers[kind],
    openStorage,
  }
}

/** The same context with another role. */
export function as(ctx: ServiceContext, role: Role): ServiceContext {
  return { ...ctx, actor: { type: 'token', id: randomUUID(), name: `a ${role}`, role } }
}
