import type { Client } from 'pg'
import { z } from 'zod'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { classifyQueryError } from '@/lib/engines/postgres/classify-error'

export interface SystemIdentity {
  /** Of the cluster, the same on its standbys: a decimal number of 64 bits. */
  systemIdentifier: string
  /** As the protocol's commands take it; in names of segments it is hexadecimal. */
  timeline: number
  /** End of what a primary has flushed, or a standby replayed: `16/B374D848`. */
  position: string
}

const answer = z.object({
  systemid: z.string().regex(/^\d+$/),
  timeline: z.coerce.number().int().positive(),
  xlogpos: z.string().regex(/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/),
})

/** Which server answers a replication connection, and where in its log it is. */
export async function identifySystem(client: Client): Promise<SystemIdentity> {
  const { rows } = await client.query<Record<string, unknown>>('IDENTIFY_SYSTEM').catch((error: unknown) => {
    throw classifyQueryError(error)
  })
  const read = answer.safeParse(rows[0])
  if (!read.success) {
    throw new HoldfastError('source-failed', 'The server did not say which cluster it is.', {
      remedy: 'Check that the address is that of a PostgreSQL server, and what stands between it and this machine.',
      cause: read.error,
    })
  }
  const { systemid, timeline, xlogpos } = read.data
  return { systemIdentifier: systemid, timeline, position: xlogpos }
}
