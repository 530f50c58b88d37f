import { catalogEngine } from '@/lib/contracts/engines/index'
import { postgresConnectionSchema } from '@/lib/contracts/engines/postgres'
import { catalogRoles } from '@/lib/db/catalog-roles'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import { toJson } from '@/lib/db/to-json'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { sourceSpec } from '../source/source-spec'
import { sealSecrets } from '../stored-secrets'
import { connectionOf } from './connection-of'

/**
 * The embedded server may have moved to another port since the last start, and catalogs from before there were roles
 * were backed up as its superuser: the sources of the catalog and of the sample follow. One that an administrator gave
 * a role of their own keeps it, and moves with the port.
 */
export async function followServer(
  ctx: ServiceContext,
  urls: { catalogUrl: string; sampleUrl: string | null },
): Promise<void> {
  const sources = await ctx.db.source.findMany({
    where: { engine: catalogEngine, deletedAt: null, OR: [{ catalog: true }, { sample: true }] },
  })
  for (const source of sources) {
    const url = source.sample ? urls.sampleUrl : urls.catalogUrl
    if (url !== null) await follow(ctx, source, url)
  }
}

const ours: string[] = Object.values(catalogRoles)
/** Roles that the supervisor makes for being backed up as. */
const made: string[] = [catalogRoles.backup, catalogRoles.sample]

async function follow(ctx: ServiceContext, source: SourceModel, url: string): Promise<void> {
  const known = postgresConnectionSchema.parse(source.connection)
  const { password, ...facts } = connectionOf(url)
  const now = postgresConnectionSchema.parse(facts)
  if (known.host !== '127.0.0.1' || now.host !== '127.0.0.1' || known.database !== now.database) return
  const renewed =
    made.includes(now.user) &&
    ours.includes(known.user) &&
    (known.user !== now.user || (await storedSecret(ctx, source)) !== password)
  if (known.port === now.port && !renewed) return
  const user = renewed ? now.user : known.user
  const sealed =
    renewed && typeof password === 'string'
      ? { secretsSealed: toJson(await sealSecrets(ctx, { type: 'source', id: source.id }, { password })) }
      : {}
  await ctx.db.$transaction(async (tx) => {
    await tx.source.update({
      where: { id: source.id },
      data: { connection: toJson({ ...known, port: now.port, user }), ...sealed },
    })
    await recordAudit(tx, ctx.actor, {
      action: 'source.follow-server',
      subjectType: 'source',
      subjectId: source.id,
      detail: { name: source.name, port: now.port, user },
    })
  })
  ctx.logger.info('a source follows the embedded server', { source: source.name, port: now.port, user })
}

/** Null when there is none, or none that this instance can read any more. */
async function storedSecret(ctx: ServiceContext, source: SourceModel): Promise<string | null> {
  try {
    return (await sourceSpec(ctx, source)).secrets['password'] ?? null
  } catch {
    return null
  }
}
