import type { NotifierDriver } from '@/lib/ports/notifier'
import { emailDriver } from './email/driver'
import { webhookDriver } from './webhook/driver'

/** Every way to reach people; the only list of them. */
export const notifierDrivers: Readonly<Record<NotifierDriver['kind'], NotifierDriver>> = {
  email: emailDriver,
  webhook: webhookDriver,
}
