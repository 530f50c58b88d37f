/** Next calls it once in each server process, before the first request. */
export async function register(): Promise<void> {
  // Not while building, and not without a catalog (a page of errors is better than a dead process).
  if (process.env['NEXT_RUNTIME'] !== 'nodejs' || !process.env['DATABASE_URL']) return
  const { keepWatch } = await import('./lib/server/keep-watch')
  keepWatch()
}
