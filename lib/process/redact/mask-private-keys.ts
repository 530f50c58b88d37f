import { mask } from './mask'

const begin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
const end = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g

/**
 * Text without the private keys in it (PEM, as OpenSSL, SSH and PGP write them). One whose end was cut off goes to the
 * end of the text, and one whose beginning was cut off (the last lines of a tool) from the start of the text.
 */
export function maskPrivateKeys(text: string): string {
  if (!text.includes('PRIVATE KEY')) return text
  let clean = ''
  let done = 0
  let opened = next(begin, text, 0)
  let closed = next(end, text, 0)
  while (opened || closed) {
    if (closed && (!opened || closed.index < opened.index)) clean = mask
    else if (opened) clean += text.slice(done, opened.index) + mask
    if (!closed) return clean
    done = closed.index + closed[0].length
    // Neither is looked for again before the last one found was passed: the text is read once for each.
    if (opened && opened.index < done) opened = next(begin, text, done)
    closed = next(end, text, done)
  }
  return clean + text.slice(done)
}

function next(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from
  return pattern.exec(text)
}
