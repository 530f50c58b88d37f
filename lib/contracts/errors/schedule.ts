import type { ErrorEntry } from './error-entry'

/** Schedules, policies and retention. */
export const scheduleErrors = {
  'cron-invalid': {
    status: 400,
    cause: 'The times of a schedule are not five valid cron fields, or name a day that never comes.',
    remedy:
      'Write minute, hour, day, month and weekday: `0 2 * * *` is every day at 02:00, `0 */4 * * *` every four hours.',
  },
  'time-zone-unknown': {
    status: 400,
    cause: 'The time zone of a schedule is not one that this machine knows.',
    remedy: 'Use an IANA name such as `UTC` or `Europe/Athens`.',
  },
  'jitter-too-long': {
    status: 400,
    cause: 'The runs of a schedule would be spread over more than the time between two of them.',
    remedy: 'Spread them over less, or let them run less often.',
  },
  'policy-owned': {
    status: 409,
    cause: 'The schedule follows a shared policy, so it cannot be changed or deleted by itself.',
    remedy: 'Change the policy, or take the source out of it.',
  },
  'confirmation-needed': {
    status: 409,
    cause:
      'The request deletes more than it seems to and needs a confirmation: it deletes a backup immediately, or the schedules of sources that leave a policy.',
    remedy: 'Read what would be deleted, then send the request again with the confirmation that the answer names.',
  },
  'preview-needed': {
    status: 409,
    cause: 'The new retention rules would delete backups, and nobody has seen how many.',
    remedy: 'Look at the preview, then save with its count (`expectedDeleteCount`).',
  },
  'preview-changed': {
    status: 409,
    cause: 'The number of backups that the new retention rules would delete has changed since the preview.',
    remedy: 'Look at the new preview and save again.',
  },
  'retention-not-paused': {
    status: 409,
    cause: 'There is no pause of retention to acknowledge, or it has ended.',
    remedy: 'Reload the page: somebody else may have acknowledged it.',
  },
} satisfies Record<string, ErrorEntry>
