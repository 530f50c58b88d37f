import { z } from 'zod'
import { bareHost, whyNoHost } from '../core/network/why-no-host'
import { exposesSecret } from '../core/secrets/exposed-secret'

/**
 * Fields as people enter them. A connection URL that was pasted into one of them would be shown, kept and audited with
 * its password, so it is refused here, for forms and API alike; no message says again what was entered (security 10).
 * What is stored is read by the looser schemas, since older rows may hold such values.
 */

/** A host. `missing` is the message for an empty one. What means nothing around one is taken off. */
export const enteredHost = (missing: string) =>
  z
    .string()
    .trim()
    .overwrite(bareHost)
    .min(1, missing)
    .max(255)
    .superRefine((text, context) => {
      const message = whyNoHost(text)
      if (message !== null) context.addIssue({ code: 'custom', message })
    })

/** An http or https address without a user or password in it. */
export const enteredUrl = (error = 'Enter an address that begins with https:// or http://') =>
  z
    .url({ protocol: /^https?$/, error })
    .refine(hasNoUser, 'Enter the address without a user or password in it; secrets have fields of their own')

/** Whether the name of something is only that. */
export const isNoConnection = (text: string): boolean => !exposesSecret(text)
export const noConnection = 'Enter a name; this is a connection with a password, which would be shown to everyone'

function hasNoUser(address: string): boolean {
  const url = URL.parse(address)
  return url === null || (url.username === '' && url.password === '')
}
