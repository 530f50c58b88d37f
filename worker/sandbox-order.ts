import path from 'node:path'
import { localConfigSchema } from '@/lib/contracts/destination'
import type { SandboxOrder } from '@/lib/ports/engine'
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
  const locals = await ctx.db.destination.findMany({
    where: { kind: 'local', deletedAt: null },
    select: { config: true },
  })
  const folders = locals.flatMap(({ config }) => localConfigSchema.safeParse(config).data?.path ?? [])
  return {
    root: sandboxRoot(home),
    keepOut: keepOut(home, folders),
    libraries: sandboxLibraries(process.env),
    acceptUnconfined,
  }
}
