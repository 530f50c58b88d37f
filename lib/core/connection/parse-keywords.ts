import { isKeyword, type Keywords } from './pasted-connection'

/** One `keyword = value` of libpq's connection strings; a quoted value may hold blanks, and \ stands before any sign. */
const pair = /\s*([a-z_]{1,40})\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)(?:[^\s\\]|\\.)*)?)/sy

/** `host=db port=5432 user=backup password='with blanks'`; null when the text is not such a string to its end. */
export function parseKeywords(text: string): Keywords | null {
  const found: Keywords = {}
  let known = false
  pair.lastIndex = 0
  for (let at = 0; text.slice(at).trim() !== ''; at = pair.lastIndex) {
    pair.lastIndex = at
    const match = pair.exec(text)
    if (!match) return null
    const [, name = '', quoted, bare = ''] = match
    known ||= isKeyword(name)
    if (isKeyword(name)) found[name] = (quoted ?? bare).replace(/\\(.)/gs, '$1')
  }
  return known ? found : null
}
