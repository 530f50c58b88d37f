/** Pages, routes and the proxy are bundled apart and would each hold a module's variables; the process is one. */
const holder: typeof globalThis & { holdfastSecrets?: Map<string, string> } = globalThis

/** A secret of the environment, which it leaves when it is read for the first time: nothing started from here inherits it. */
export function takeSecret(name: 'DATABASE_URL' | 'HOLDFAST_MASTER_KEY'): string | undefined {
  const kept = (holder.holdfastSecrets ??= new Map())
  const given = process.env[name]
  if (given !== undefined) kept.set(name, given)
  delete process.env[name]
  return kept.get(name)
}
