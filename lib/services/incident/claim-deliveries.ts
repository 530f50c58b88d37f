import type { DeliveryPhase } from '@/lib/contracts/alerting/alert'
import type { Db } from '@/lib/db/client'
import { reminderPrefix } from '@/lib/db/catalog/delivery'
import { Prisma } from '@/lib/db/generated/client'
import type { AlertModel } from '@/lib/db/generated/models/Alert'
import type { AlertDeliveryModel } from '@/lib/db/generated/models/AlertDelivery'

/** A send ends within 30 s; what is still claimed after this long was left behind by a process that died. */
const leaseSeconds = 60
/** When this many messages of one kind wait for one channel, they are sent as one. */
const groupFrom = 6
const maxGroup = 100

export type ClaimedDelivery = AlertDeliveryModel & { alert: AlertModel }
export interface Claim {
  /** One delivery, or several of the same phase that go out in one message. */
  deliveries: ClaimedDelivery[]
  /** Stands in `next_at` while the claim holds: a worker that finds another value there has lost the claim. */
  leaseUntil: Date
}

/** Waits for this channel, is due, and nothing that must be heard before it waits as well. */
const due = (channelId: string, now: Date | null) => Prisma.sql`
  d.channel_id = ${channelId}::uuid AND d.state = 'pending' AND d.next_at <= coalesce(${now}::timestamptz, now())
  AND NOT EXISTS (
    SELECT 1 FROM alert_delivery e
    WHERE e.alert_id = d.alert_id AND e.channel_id = d.channel_id AND e.state = 'pending'
      AND ((e.phase = 'opened' AND d.phase <> 'opened') OR (d.phase = 'resolved' AND e.phase <> 'resolved')))`

const kind = Prisma.sql`CASE WHEN d.phase LIKE ${`${reminderPrefix}%`} THEN 'reminder' ELSE d.phase END`

/**
 * Claims the next message of a channel for the time of the lease; no transaction is open while it is sent. Null when
 * nothing is due. `now` stands for the catalog's clock in tests.
 */
export async function claimDeliveries(
  db: Db,
  input: { channelId: string; groups: boolean; now: Date | null },
): Promise<Claim | null> {
  const { channelId, now } = input
  const crowd = input.groups ? await findCrowd(db, channelId, now) : null
  const ofKind = crowd ? Prisma.sql`AND ${kind} = ${crowd}` : Prisma.empty
  // Materialized: the rows are chosen and locked once, whatever the planner makes of the rest.
  const rows = await db.$queryRaw<{ id: string; next_at: Date }[]>(Prisma.sql`
    WITH taken AS MATERIALIZED (
      SELECT d.id FROM alert_delivery d WHERE ${due(channelId, now)} ${ofKind}
      ORDER BY d.created_at, d.id LIMIT ${crowd ? maxGroup : 1} FOR UPDATE SKIP LOCKED)
    UPDATE alert_delivery SET attempts = attempts + 1,
      next_at = coalesce(${now}::timestamptz, now()) + make_interval(secs => ${leaseSeconds})
    FROM taken WHERE alert_delivery.id = taken.id
    RETURNING alert_delivery.id, alert_delivery.next_at`)
  const leaseUntil = rows[0]?.next_at
  if (!leaseUntil) return null
  const deliveries = await db.alertDelivery.findMany({
    where: { id: { in: rows.map(({ id }) => id) } },
    include: { alert: true },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  return { deliveries, leaseUntil }
}

/** The phase with too many waiting messages to send one by one. */
async function findCrowd(db: Db, channelId: string, now: Date | null): Promise<DeliveryPhase | null> {
  const [most] = await db.$queryRaw<{ kind: DeliveryPhase; count: number }[]>(Prisma.sql`
    SELECT ${kind} AS kind, count(*)::int AS count FROM alert_delivery d
    WHERE ${due(channelId, now)} GROUP BY 1 ORDER BY 2 DESC LIMIT 1`)
  return most && most.count >= groupFrom ? most.kind : null
}
