import type { z } from 'zod'
import type { startVerifySchema } from '@/lib/contracts/backup'
import type { Started } from '@/lib/contracts/job'
import type { ServiceContext } from '../context'
import { startRestoreTest } from '../restore-test/start-restore-test'

/** Reads a backup's stored bytes back against their checksums: a restore test of level quick. */
export async function startVerify(args: {
  ctx: ServiceContext
  input: z.infer<typeof startVerifySchema>
}): Promise<Started> {
  return startRestoreTest({ ctx: args.ctx, input: { ...args.input, level: 'quick' } })
}
