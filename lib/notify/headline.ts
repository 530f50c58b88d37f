import type { Notification } from '@/lib/ports/notifier'

/** One line that says what it is: a test, a problem with its severity, or the end of one. */
export function headline(notification: Pick<Notification, 'phase' | 'severity' | 'title'>): string {
  const label = { opened: notification.severity.toUpperCase(), resolved: 'RESOLVED', test: 'TEST' }[notification.phase]
  // A line break in a title must not become a header of the mail.
  return `[${label}] ${notification.title.replace(/\s+/g, ' ').trim()}`
}
