import type { ChannelKind } from '../contracts/alerting/channel-config'

/** What is sent to people: one step in the life of an incident. Texts carry no secrets. */
export interface Notification {
  /**
   * `opened` once, `reminder` while it goes on, `acknowledged` when a person took it over (only to receivers that
   * follow incidents), `resolved` once; `test` stands for no incident.
   */
  phase: 'opened' | 'reminder' | 'acknowledged' | 'resolved' | 'test'
  /** The incident. */
  alertId: string
  /** The message: the same when it is sent again because nobody knows whether it arrived. Absent for a test. */
  deliveryId?: string
  /** One of the alert events; `test` for a test. */
  event: string
  severity: 'warning' | 'critical'
  title: string
  body: string
  facts: Record<string, unknown>
  at: Date
  /** Address of the page that shows it, when the instance knows its own. */
  url?: string
}

/** One way to reach people. */
export interface NotifierDriver {
  readonly kind: ChannelKind
  /**
   * True when several alerts at once may be told in one message. False for receivers that follow each incident by
   * itself, or that machines read.
   */
  readonly groups: boolean
  /**
   * Resolves when the receiver accepted, as far as its protocol tells (a UDP datagram is never confirmed). Rejects with
   * `notify-failed` (not reached) or `notify-refused` (an answer that is no success), without the secret in it;
   * transient when trying again may help. Ends within 30 s, and at once on abort.
   */
  send(
    channel: { name: string; config: Record<string, unknown>; secret: string | null },
    notification: Notification,
    signal: AbortSignal,
  ): Promise<void>
}
