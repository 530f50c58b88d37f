/** What is told to people: one incident opening or resolving. Texts carry no secrets. */
export interface Notification {
  phase: 'opened' | 'resolved' | 'test'
  alertId: string
  event: string
  severity: 'warning' | 'critical'
  title: string
  body: string
  facts: Record<string, unknown>
  at: Date
  /** Address of the page that shows it, when the instance knows its own. */
  url?: string
}

/** One way to reach people. `send` rejects unless the receiver accepted; it is bounded by 30 s. */
export interface NotifierDriver {
  readonly kind: 'email' | 'webhook'
  send(
    channel: { name: string; config: Record<string, unknown>; secret: string | null },
    notification: Notification,
    signal: AbortSignal,
  ): Promise<void>
}
