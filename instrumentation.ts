/** Next calls it once in each server process, before the first request. */
export async function register(): Promise<void> {
  // Spelled so that the bundler sees it: what is imported here runs on Node alone.
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    // A page that says what is wrong is better than a process that does not start.
    if (!process.env.DATABASE_URL) return
    const { keepWatch } = await import('./lib/server/keep-watch')
    keepWatch()
  }
}
