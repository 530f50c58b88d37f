/** A folder of Unix sockets. */
const isFolder = (text: string): boolean => text.startsWith('/')
const ipv6 = /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*(?:%[\w.-]+)?$/i

/** What people write around a host and mean nothing by: brackets of IPv6, a final dot of DNS, a slash at the end. */
export function bareHost(host: string): string {
  const text = host.replace(/(?<=[^/])\/+$/, '')
  if (isFolder(text)) return text
  return /^\[([0-9a-f:.%\w-]+)\]$/i.exec(text)?.[1] ?? text.replace(/(?<=[^.])\.$/, '')
}

/**
 * Why a text is no host (a name, an address of either kind, or a folder of Unix sockets), and what to enter instead; null
 * when it is one. What people paste there besides, such as a URL with a password, would be shown and kept as a host, so
 * no message says it again.
 */
export function whyNoHost(text: string): string | null {
  if (text.includes('://')) return 'Enter the host alone, without a scheme such as postgres:// or https://'
  if (text.startsWith('@')) return 'Enter a host, or the folder of a socket: sockets without a file are not supported'
  if (text.includes('@')) return 'Enter the host alone: the user has a field of its own'
  if (/\s/.test(text)) return 'Enter the host alone, without blanks'
  if (/[=?#"'\\<>\u0000-\u001f\u007f]/.test(text)) return 'Enter the host alone: no URL, no options and no quotes'
  if (isFolder(text))
    return /\/\.s\.PGSQL\.\d+$/.test(text) ? 'Enter the folder that the socket lies in, without its file' : null
  if (text.includes(',')) return 'Enter one host, not several'
  if (text.includes('/')) return 'Enter the host alone, without what stands behind a slash'
  if (ipv6.test(text)) return null
  if (/^(?:\[[^\]]*\]|[^:]*):\d*$/.test(text)) return 'Enter the host alone: the port has a field of its own'
  if (/[:[\]]/.test(text)) return 'Enter an IPv6 address as it is, such as ::1, or a name'
  const labels = bareHost(text).split('.')
  return text !== '' && labels.some((label) => label === '' || label.length > 63)
    ? 'Enter a name that can be one: between two dots stand 1 to 63 characters'
    : null
}
