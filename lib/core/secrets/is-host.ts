/**
 * A host and nothing else: a name, an address of either kind, or a folder of Unix sockets. What people paste there
 * besides (a URL, a command, a user with a password) would be shown and kept as a host.
 */
export function isHost(text: string): boolean {
  if (/[\s@=?#"'\\<>]|:\/\/|[\u0000-\u001f\u007f]/.test(text)) return false
  if (text.startsWith('/')) return true
  if (text.includes('/')) return false
  return !text.includes(':') || /^[0-9a-f:.]+(?:%[\w.-]+)?$/i.test(text)
}

/** An IPv6 address as it stands in URLs, without its brackets. */
export const withoutBrackets = (host: string): string => /^\[([0-9a-f:.%\w-]+)\]$/i.exec(host)?.[1] ?? host
