import { createChannelSchema } from '@/lib/contracts/alerting/alert'
import type { ServiceContext } from '@/lib/services/context'
import { createChannel } from '@/lib/services/channel/create-channel'
import { deliverNotifications } from '@/lib/services/incident/deliver-notifications'
import { startHttpReceiver } from './servers/http-receiver'

/** What arrived at a webhook: event and phase, in order. */
export interface Told {
  /** Delivers what is due at `now`, and answers the phases of all that has arrived of the event. */
  of(event: string, now?: Date): Promise<string[]>
  /** The texts of what arrived of the event. */
  texts(event: string): string[]
  close(): Promise<void>
}

/** A real HTTP receiver as the only channel of an instance. */
export async function startTold(ctx: ServiceContext): Promise<Told> {
  const receiver = await startHttpReceiver()
  await createChannel({
    ctx,
    input: createChannelSchema.parse({ name: 'hook', kind: 'webhook', config: { url: `${receiver.url}/hook` } }),
  })
  const arrived = (event: string) =>
    receiver.requests
      .map((request): { event: string; phase: string; title: string; body: string } => JSON.parse(request.body))
      .filter((notification) => notification.event === event)
  return {
    async of(event, now = new Date()) {
      // What was queued just now stands under the catalog's clock, which may be a little ahead.
      const at = new Date(Math.max(now.getTime(), Date.now()) + 5_000)
      await deliverNotifications({ ctx, signal: new AbortController().signal, now: at })
      return arrived(event).map((notification) => notification.phase)
    },
    texts: (event) => arrived(event).map(({ title, body }) => `${title}: ${body}`),
    close: () => receiver.close(),
  }
}
