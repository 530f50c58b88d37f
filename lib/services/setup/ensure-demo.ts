import { catalogEngine } from '@/lib/contracts/engines/index'
import { createScheduleSchema } from '@/lib/contracts/schedule'
import { createSourceSchema } from '@/lib/contracts/source'
import { sampleDatabase } from '@/lib/db/catalog-roles'
import { runScript } from '@/lib/db/run-script'
import { toJson } from '@/lib/db/to-json'
import type { ServiceContext } from '../context'
import { createJob } from '../job/create-job'
import { createSchedule } from '../schedule/create-schedule'
import { createSource } from '../source/create-source'
import { connectionOf } from './connection-of'
import { sampleHistory } from './sample-history'

const sourceName = 'Sample shop'

/**
 * Adds a small shop database beside the catalog as a source marked as sample, a month of history marked the same way,
 * and takes and proves a real backup of it. Done once; what a cut-short start left is made anew.
 */
export async function ensureDemo(args: {
  ctx: ServiceContext
  input: {
    catalogUrl: string
    /** A database made for it; null: one is made beside the catalog. */
    sampleUrl: string | null
    shopSql: string
  }
}): Promise<void> {
  const { ctx, input } = args
  if (await ctx.db.setting.findUnique({ where: { key: 'demo' } })) return
  const shopUrl = input.sampleUrl ?? (await makeBeside(input.catalogUrl))
  await runScript(shopUrl, `${emptied}\n${input.shopSql}`)

  const destination = await ctx.db.destination.findFirstOrThrow({
    where: { deletedAt: null },
    orderBy: { createdAt: 'asc' },
  })
  const policy = await ctx.db.retentionPolicy.findFirst({ where: { deletedAt: null }, orderBy: { createdAt: 'asc' } })
  const existing = await ctx.db.source.findFirst({ where: { name: sourceName, deletedAt: null } })
  const sourceId =
    existing?.id ??
    (
      await createSource({
        ctx,
        input: createSourceSchema.parse({
          name: sourceName,
          engine: catalogEngine,
          connection: connectionOf(shopUrl),
        }),
      })
    ).id
  const schedules = [
    { action: 'backup', cron: '30 2 * * *', destinationIds: [destination.id], retentionPolicyId: policy?.id ?? null },
    { action: 'restore-test', cron: '30 4 * * 0' },
  ]
  const made = await ctx.db.schedule.findMany({ where: { sourceId, deletedAt: null }, select: { action: true } })
  for (const schedule of schedules.filter(({ action }) => !made.some((other) => other.action === action))) {
    await createSchedule({ ctx, input: createScheduleSchema.parse({ sourceId, ...schedule }) })
  }
  await ctx.db.$transaction(async (tx) => {
    await tx.source.update({ where: { id: sourceId }, data: { sample: true } })
    await tx.backup.createMany({ data: sampleHistory({ id: sourceId, engine: catalogEngine }, ctx.clock.now()) })
    await createJob(ctx, tx, {
      kind: 'backup',
      input: { destinationIds: [destination.id], thenTest: 'standard' },
      sourceId,
      maxAttempts: 3,
      exclusiveKey: sourceId,
    })
    await tx.setting.create({ data: { key: 'demo', value: toJson({ at: ctx.clock.now() }) } })
  })
}

/** What a start that was cut short left goes; the database stays, whose owner may not make another. */
const emptied = `
DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT quote_ident(nspname) FROM pg_namespace
               WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')
  LOOP
    EXECUTE 'DROP SCHEMA ' || name || ' CASCADE';
  END LOOP;
  PERFORM lo_unlink(oid) FROM pg_largeobject_metadata;
END
$$;`

/** An empty database on the catalog's server; the catalog's role must be allowed to make it. */
async function makeBeside(catalogUrl: string): Promise<string> {
  await runScript(catalogUrl, `DROP DATABASE IF EXISTS ${sampleDatabase} WITH (FORCE)`)
  await runScript(
    catalogUrl,
    `CREATE DATABASE ${sampleDatabase} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`,
  )
  const shop = new URL(catalogUrl)
  shop.pathname = `/${sampleDatabase}`
  return shop.href
}
