import { CloudWatchClient, PutMetricDataCommand, type MetricDatum } from '@aws-sdk/client-cloudwatch'
import type { Operations } from '@/lib/contracts/operations'
import { restrictedAgents } from '@/lib/network/restricted-agent'
import type { ServiceContext } from '../context'
import { readOperations } from '../operations/read-operations'
import { claimTurn } from '../watch/claim-turn'
import { updateIncidents } from '@/lib/services/watch/update-incidents'
import { cloudWatchData } from './cloudwatch-data'
import { readMetrics } from './read-metrics'

/** The service takes at most 1,000 metrics a request. */
const batchSize = 1_000
const withinMs = 20_000
/** One lost minute is a gap in a chart; this many are reported. */
const failuresToTell = 3

/**
 * Sends the main gauges to CloudWatch, when that is switched on: called every minute by every worker, done by one.
 * Never rejects for CloudWatch's sake: trouble is logged and, when it lasts, an incident of its own.
 */
export async function pushCloudWatch(args: {
  ctx: Pick<ServiceContext, 'db' | 'logger'>
  now: Date
  signal: AbortSignal
}): Promise<void> {
  const { ctx, now, signal } = args
  const { cloudWatch } = await readOperations(ctx.db)
  if (!cloudWatch.enabled) {
    await updateIncidents(ctx.db, { events: ['channel-failed'], subjects: ['cloudwatch'], found: [], now })
    return
  }
  if (!(await claimTurn(ctx.db, 'cloudwatch', 50_000))) return
  try {
    const data = cloudWatchData(await readMetrics(ctx.db, now))
    await send(cloudWatch, data, AbortSignal.any([signal, AbortSignal.timeout(withinMs)]))
    await remember(ctx, 0, '', now)
  } catch (error) {
    if (signal.aborted) return
    const message = error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : String(error)
    ctx.logger.warn('CloudWatch did not take the metrics', { error: message })
    await remember(ctx, (await failuresSoFar(ctx)) + 1, message, now)
  }
}

async function send(settings: Operations['cloudWatch'], data: MetricDatum[], abortSignal: AbortSignal): Promise<void> {
  const client = new CloudWatchClient({
    region: settings.region,
    ...(settings.endpoint ? { endpoint: settings.endpoint } : {}),
    maxAttempts: 2,
    requestHandler: restrictedAgents({ keepAlive: true }),
  })
  try {
    for (let from = 0; from < data.length; from += batchSize) {
      const MetricData = data.slice(from, from + batchSize)
      await client.send(new PutMetricDataCommand({ Namespace: settings.namespace, MetricData }), { abortSignal })
    }
  } finally {
    client.destroy()
  }
}

const key = 'cloudwatch.state'

async function failuresSoFar(ctx: Pick<ServiceContext, 'db'>): Promise<number> {
  const row = await ctx.db.setting.findUnique({ where: { key } })
  const value = row?.value
  const failed = typeof value === 'object' && value !== null && 'failedInARow' in value ? value['failedInARow'] : 0
  return typeof failed === 'number' ? failed : 0
}

async function remember(
  ctx: Pick<ServiceContext, 'db'>,
  failedInARow: number,
  message: string,
  now: Date,
): Promise<void> {
  const value = { failedInARow, at: now.toISOString() }
  await ctx.db.setting.upsert({ where: { key }, create: { key, value }, update: { value } })
  const told = failedInARow >= failuresToTell
  await updateIncidents(ctx.db, {
    events: ['channel-failed'],
    subjects: ['cloudwatch'],
    found: told
      ? [
          {
            subjectId: 'cloudwatch',
            sourceId: null,
            finding: {
              event: 'channel-failed',
              severity: 'warning',
              title: 'CloudWatch does not take the metrics',
              body: `${message}. Check the region, the credentials of the worker and their right to cloudwatch:PutMetricData.`,
              facts: {},
            },
          },
        ]
      : [],
    now,
  })
}
