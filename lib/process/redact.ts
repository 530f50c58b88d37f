import { mask } from './redact/mask'
import { maskAssignments } from './redact/mask-assignments'
import { maskPrivateKeys } from './redact/mask-private-keys'
import { maskUrls } from './redact/mask-urls'

/** Secrets that are known by how they begin. */
const known = /AGE-SECRET-KEY-[A-Z0-9-]+|\bhfi?_[\w-]{16,99}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/gi
/** What follows the scheme of a header, when the header's name is not there to tell. */
const credentials = /\b(bearer|basic)([ \t])([\w+/=.~-]{8,})/gi

/**
 * Text without the secrets given (also URL-encoded and as JSON writes them), without passwords in URLs, without the value
 * of anything that is called a password, secret, token or key, and without private keys and credentials of headers. It runs
 * in linear time, because the text may come from an attacker who wants to stall the process.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text
  const forms = secrets.filter((secret) => secret !== '').flatMap(formsOf)
  // Longest first: a secret that contains another one must not leave its remainder behind.
  for (const form of [...new Set(forms)].sort((a, b) => b.length - a.length)) clean = clean.replaceAll(form, mask)
  return maskAssignments(maskPrivateKeys(maskUrls(clean)))
    .replace(known, mask)
    .replace(credentials, (found, scheme: string, blank: string, value: string) =>
      isWord(value) ? found : `${scheme}${blank}${mask}`,
    )
}

function formsOf(secret: string): string[] {
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]
}

/** "Basic authentication" is no secret: small letters alone count as a word. */
function isWord(found: string): boolean {
  return /^[A-Z]?[a-z-]+[.]?$/.test(found)
}
