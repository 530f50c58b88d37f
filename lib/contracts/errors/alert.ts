import type { ErrorEntry } from './error-entry'

/** Channels of alerts. */
export const alertErrors = {
  'notify-failed': {
    status: 422,
    cause:
      'The receiver of a channel could not be reached, did not answer in time, or no secure connection to it could be made.',
    remedy:
      'Check the address, port and security of the channel, that the receiver is up, and that the worker reaches it.',
  },
  'notify-refused': {
    status: 422,
    cause:
      'The receiver of a channel answered and refused: the key, password, sender or recipient is wrong, or the channel has no valid address. `facts` holds its answer.',
    remedy: 'Correct what the message names in the settings of the channel, then send a test.',
  },
  'template-invalid': {
    status: 400,
    cause: 'The template of a webhook cannot be read, or its result is not valid JSON.',
    remedy:
      'Close every `{{#name}}` with `{{/name}}`, and put `{{name}}` between quotation marks. `docs/alerts.md` has an example.',
  },
  'channel-unsupported': {
    status: 422,
    cause: 'This release does not support this kind of channel, for example after a downgrade.',
    remedy: 'Update Holdfast, or delete the channel.',
  },
} satisfies Record<string, ErrorEntry>
