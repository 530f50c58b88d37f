import { folderDestination } from '@/lib/contracts/destinations/index'
import { catalogEngine } from '@/lib/contracts/engines/index'
import type { ErrorCode } from '@/lib/contracts/error-code'
import { createSourceSchema } from '@/lib/contracts/source'
import { emailSchema, passwordSchema } from '@/lib/contracts/people/people'
import { createScheduleSchema } from '@/lib/contracts/schedule'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { toJson } from '@/lib/db/to-json'
import type { ServiceContext } from '../context'
import { createDestination } from '../destination/create-destination'
import { createJob } from '../job/create-job'
import { instanceId } from '../instance/instance-settings'
import { createRetentionPolicy } from '../retention-policy/create-retention-policy'
import { createSchedule } from '../schedule/create-schedule'
import { createSource } from '../source/create-source'
import { registerKnownToken } from '../token/register-known-token'
import { createFirstAdministrator } from '../user/create-first-administrator'
import { connectionOf } from './connection-of'
import { followServer } from './follow-server'

export interface FirstStart {
  /** Where the local destination is made. */
  backupFolder: string
  /** The catalog's own database, which becomes the first source, as the role that its backups read it as. */
  catalogUrl: string
  /** The sample database as its owner, where the supervisor made one. */
  sampleUrl: string | null
  administrator: { email: string; password: string } | null
  knownToken: string | null
}

const catalogName = 'Holdfast catalog'

/**
 * Makes a fresh instance useful: the administrator and token named in the environment, a local destination, a policy,
 * and the catalog itself as first source with its schedules and a first backup that is then tested. Each step is done
 * once; a start that was cut short is completed by the next one.
 */
export async function ensureFirstStart(args: { ctx: ServiceContext; input: FirstStart }): Promise<void> {
  const { ctx, input } = args
  await instanceId(ctx.db)
  if (input.administrator && (await ctx.db.user.count()) === 0) await makeAdministrator(ctx, input.administrator)
  if (input.knownToken)
    await registerKnownToken({ ctx, input: { token: input.knownToken, name: 'HOLDFAST_API_TOKEN' } })
  if (await ctx.db.setting.findUnique({ where: { key: 'first-start' } })) return followServer(ctx, input)

  await createDestination({
    ctx,
    input: { name: 'Local folder', ...folderDestination(input.backupFolder), options: { transitions: [] } },
  }).catch(ignore('name-taken'))
  await createRetentionPolicy({ ctx, input: { name: 'Keep 30 days', rules: { keepDays: 30, minimum: 1 } } }).catch(
    ignore('name-taken'),
  )
  await createSource({
    ctx,
    input: createSourceSchema.parse({
      name: catalogName,
      engine: catalogEngine,
      connection: connectionOf(input.catalogUrl),
    }),
    catalog: true,
  }).catch(ignore('name-taken'))
  const [destination, policy, source] = await Promise.all([
    ctx.db.destination.findFirstOrThrow({ where: { name: 'Local folder', deletedAt: null } }),
    ctx.db.retentionPolicy.findFirstOrThrow({ where: { name: 'Keep 30 days', deletedAt: null } }),
    ctx.db.source.findFirstOrThrow({ where: { name: catalogName, deletedAt: null } }),
  ])
  const existing = await ctx.db.schedule.findMany({
    where: { sourceId: source.id, deletedAt: null },
    select: { action: true },
  })
  const has = (action: string) => existing.some((schedule) => schedule.action === action)
  if (!has('backup')) {
    const daily = {
      action: 'backup',
      cron: '0 2 * * *',
      destinationIds: [destination.id],
      retentionPolicyId: policy.id,
    }
    await createSchedule({ ctx, input: createScheduleSchema.parse({ sourceId: source.id, ...daily }) })
  }
  if (!has('restore-test')) {
    await createSchedule({
      ctx,
      input: createScheduleSchema.parse({ sourceId: source.id, action: 'restore-test', cron: '0 4 1 * *' }),
    })
  }
  await ctx.db.$transaction(async (tx) => {
    const first = await tx.setting.createMany({
      data: { key: 'first-start', value: toJson({ at: ctx.clock.now() }) },
      skipDuplicates: true,
    })
    if (first.count === 0) return
    const firstBackup = { destinationIds: [destination.id], thenTest: 'standard' }
    await createJob(ctx, tx, {
      kind: 'backup',
      input: firstBackup,
      sourceId: source.id,
      maxAttempts: 3,
      exclusiveKey: source.id,
    })
  })
}

/**
 * The administrator named in the environment. The operator chose the password, so a short one is accepted with a warning;
 * an address that cannot be used leaves the set-up page open instead of keeping the worker from starting.
 */
async function makeAdministrator(ctx: ServiceContext, given: { email: string; password: string }): Promise<void> {
  const email = emailSchema.safeParse(given.email)
  if (!email.success) {
    ctx.logger.error('HOLDFAST_ADMIN_EMAIL is not an e-mail address; open /setup to create the first administrator')
    return
  }
  if (!passwordSchema.safeParse(given.password).success) {
    ctx.logger.warn('HOLDFAST_ADMIN_PASSWORD is shorter than 12 characters; change it under Settings')
  }
  const input = { email: email.data, name: 'Administrator', password: given.password }
  await createFirstAdministrator({ ctx, input }).catch(ignore('setup-done'))
}

function ignore(code: ErrorCode): (error: unknown) => void {
  return (error) => {
    if (error instanceof HoldfastError && error.code === code) return
    throw error
  }
}
