import { isKeyword, type Keywords } from './pasted-connection'

const scheme = /^(?:jdbc:)?postgres(?:ql)?:\/\//i

export const isConnectionUrl = (text: string): boolean => scheme.test(text)

/**
 * `postgres://user:password@host:port/database?sslmode=...`, read as libpq reads it (PostgreSQL 18, section 32.1.1.2),
 * with two differences: a password with an unescaped "@" or "/" is taken up to the last "@", where libpq would take its
 * end for the host, and parameters that libpq does not know are left out instead of refused.
 */
export function parseConnectionUrl(text: string): Keywords {
  const [beforeQuery = '', query = ''] = cut(text.trim().replace(scheme, ''), '?')
  const { credentials, rest } = splitCredentials(beforeQuery)
  const [netloc, database] = cut(rest, '/')
  const [user = '', password = ''] = cut(credentials, ':')
  const { hosts, ports } = readNetloc(netloc ?? '')
  return {
    ...given('host', hosts),
    ...given('port', ports),
    ...given('dbname', database ?? ''),
    ...given('user', user),
    ...given('password', password),
    ...readQuery(query),
  }
}

function splitCredentials(text: string): { credentials: string; rest: string } {
  const authority = text.slice(0, text.indexOf('/') === -1 ? text.length : text.indexOf('/'))
  const inAuthority = authority.lastIndexOf('@')
  // `user:pa/ss@host`: what would be the port is not a number, and an "@" follows.
  const slashInPassword = inAuthority === -1 && /:(?!\d*(?:,|$))[^[\]]*$/.test(authority)
  const at = slashInPassword ? text.lastIndexOf('@') : inAuthority
  return at === -1 ? { credentials: '', rest: text } : { credentials: text.slice(0, at), rest: text.slice(at + 1) }
}

function readNetloc(netloc: string): { hosts: string; ports: string } {
  const places = netloc.split(',').map((place) => {
    const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(place)
    if (bracketed) return [bracketed[1] ?? '', bracketed[2] ?? '']
    return cut(place, ':')
  })
  return { hosts: places.map(([host]) => host).join(','), ports: places.map(([, port]) => port ?? '').join(',') }
}

function readQuery(query: string): Keywords {
  const found: Keywords = {}
  for (const parameter of query.split('&')) {
    const [name = '', value] = cut(parameter, '=')
    const key = decode(name)
    if (isKeyword(key) && value) found[key] = decode(value)
    if (key === 'ssl' && value === 'true') found.sslmode = 'require'
  }
  return found
}

function given(key: keyof Keywords, encoded: string): Keywords {
  return encoded.replaceAll(',', '') === '' ? {} : { [key]: decode(encoded) }
}

/** A text that is not rightly encoded is taken as it stands. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function cut(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator)
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)]
}
