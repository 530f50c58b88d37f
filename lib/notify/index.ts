import type { ChannelKind } from '@/lib/contracts/alerting/channel-config'
import type { NotifierDriver } from '@/lib/ports/notifier'
import { discordDriver } from './discord/driver'
import { emailDriver } from './email/driver'
import { pagerdutyDriver } from './pagerduty/driver'
import { slackDriver } from './slack/driver'
import { syslogDriver } from './syslog/driver'
import { teamsDriver } from './teams/driver'
import { telegramDriver } from './telegram/driver'
import { webhookDriver } from './webhook/driver'

/** Every way to reach people; the only list of them. */
export const notifierDrivers: Readonly<Record<ChannelKind, NotifierDriver>> = {
  email: emailDriver,
  slack: slackDriver,
  teams: teamsDriver,
  discord: discordDriver,
  telegram: telegramDriver,
  pagerduty: pagerdutyDriver,
  webhook: webhookDriver,
  syslog: syslogDriver,
}
