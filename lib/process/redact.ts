/** What stands in the place of a secret. */
export const mask = '***'

/**
 * Text without the secrets given (also in their URL-encoded form), without passwords in URLs, and without the value of
 * `password=` in whatever libpq, MySQL or a shell make of it.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text
  const forms = secrets.filter((secret) => secret !== '').flatMap((secret) => [secret, encodeURIComponent(secret)])
  // Longest first: a secret that contains another one must not leave its remainder behind.
  for (const form of [...new Set(forms)].sort((a, b) => b.length - a.length)) clean = clean.replaceAll(form, mask)
  return clean
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/]*@/gi, `$1:${mask}@`)
    .replace(/(pass(?:word|wd)?\s*=\s*)('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\s&;,'"]+)/gi, `$1${mask}`)
    .replace(/AGE-SECRET-KEY-[A-Z0-9-]+/gi, mask)
}
