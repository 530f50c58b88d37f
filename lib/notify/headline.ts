import type { Notification } from '@/lib/ports/notifier'

/** One line that says what it is: a problem with its severity, that it goes on, its end, or a test. */
export function headline(notification: Pick<Notification, 'phase' | 'severity' | 'title'>): string {
  const severity = notification.severity.toUpperCase()
  const label = {
    opened: severity,
    reminder: `STILL ${severity}`,
    acknowledged: 'ACKNOWLEDGED',
    resolved: 'RESOLVED',
    test: 'TEST',
  }[notification.phase]
  // A line break in a title must not become a header of the mail.
  return `[${label}] ${notification.title.replace(/\s+/g, ' ').trim()}`
}
