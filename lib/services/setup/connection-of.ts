/** A PostgreSQL address as a source's connection; TLS follows its `sslmode`. */
export function connectionOf(address: string): Record<string, unknown> {
  const url = new URL(address)
  return {
    host: url.searchParams.get('host') ?? (decodeURIComponent(url.hostname) || '127.0.0.1'),
    port: Number(url.port || 5432),
    database: decodeURIComponent(url.pathname.slice(1)),
    user: decodeURIComponent(url.username),
    password: url.password ? decodeURIComponent(url.password) : undefined,
    ssl: url.searchParams.get('sslmode') ?? 'prefer',
  }
}
