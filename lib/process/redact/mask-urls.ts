import { mask } from './mask'

/**
 * Text without the passwords of URLs: what stands between the first colon and the last `@` of the part that names user
 * and host. A password that holds a slash, which makes the URL wrong, is found too.
 *
 * Linear: each search begins where the last one ended, and one that found no `@` is not repeated in the same word.
 */
export function maskUrls(text: string): string {
  let clean = ''
  let done = 0
  let noAtBefore = 0
  for (let scheme = text.indexOf('://'); scheme >= 0; scheme = text.indexOf('://', Math.max(scheme + 3, done))) {
    const start = scheme + 3
    if (start < noAtBefore || !/[a-z0-9+.-]/i.test(text.charAt(scheme - 1))) continue
    const place = text.slice(start, find(/[\s/]/g, text, start))
    const colon = place.indexOf(':')
    if (colon < 0) continue
    let at = start + place.lastIndexOf('@')
    if (at < start) {
      // Neither a host and its port, nor a user and a password as they should be.
      if (/^(\[[^\]]*\])?[^:]*(:\d*)?$/.test(place)) continue
      const word = find(/\s/g, text, start)
      at = start + text.slice(start, word).lastIndexOf('@')
      if (at < start) {
        noAtBefore = word
        continue
      }
    } else if (at < start + colon) continue
    clean += `${text.slice(done, start + colon + 1)}${mask}`
    done = at
  }
  return clean + text.slice(done)
}

/** Where the pattern matches next, or the end. */
function find(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.exec(text)?.index ?? text.length
}
