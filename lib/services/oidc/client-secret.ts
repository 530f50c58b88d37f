import { z } from 'zod'
import type { Tx } from '@/lib/db/client'
import { toJson } from '@/lib/db/to-json'
import type { ServiceContext } from '../context'

/** Setting that holds it, and what it is bound to. */
export const oidcSecretSetting = 'oidc-client-secret'
const key = oidcSecretSetting
const storedSchema = z.object({ sealed: z.string() })

/** Seals the client secret beside the settings, which are readable; an empty one is removed. */
export async function storeClientSecret(
  ctx: Pick<ServiceContext, 'vault'>,
  tx: Tx,
  clientSecret: string,
): Promise<void> {
  if (clientSecret === '') {
    await tx.setting.deleteMany({ where: { key } })
    return
  }
  const value = toJson({ sealed: await ctx.vault.seal(clientSecret, key) })
  await tx.setting.upsert({ where: { key }, create: { key, value }, update: { value } })
}

/** The client secret; null for a client without one (PKCE alone). Never leaves the process. */
export async function readClientSecret(ctx: Pick<ServiceContext, 'vault'>, tx: Tx): Promise<string | null> {
  const row = await tx.setting.findUnique({ where: { key } })
  return row ? await ctx.vault.unseal(storedSchema.parse(row.value).sealed, key) : null
}

export async function hasClientSecret(tx: Tx): Promise<boolean> {
  return (await tx.setting.findUnique({ where: { key }, select: { key: true } })) !== null
}
