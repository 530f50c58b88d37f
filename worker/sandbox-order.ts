import path from 'node:path'
import { destinationContract } from '@/lib/contracts/destinations/index'
import type { SandboxOrder } from '@/lib/ports/sandbox'
import type { ServiceContext } from '@/lib/services/context'
import { keepOut } from './keep-out'
import { sandboxLibraries } from './settings'

export const sandboxRoot = (home: string) => path.join(home, 'sandboxes')

/** What this instance asks of a sandbox: where, and what is to stay out of reach. */
export async function sandboxOrder(
  ctx: Pick<ServiceContext, 'db'>,
  home: string,
  acceptUnconfined = false,
): Promise<SandboxOrder> {
  const destinations = await ctx.db.destination.findMany({
    where: { deletedAt: null },
    select: { kind: true, config: true },
  })
  const folders = destinations.flatMap(({ kind, config }) => destinationContract(kind).localFolder(config) ?? [])
  return {
    root: sandboxRoot(home),
    keepOut: keepOut(home, folders),
    libraries: sandboxLibraries(process.env),
    acceptUnconfined,
  }
}
