/**
 * The client's address for limits and the audit log. The front writes this header itself, from the connection or from a
 * trusted proxy (lib/server/front); what a client sends under its name never gets here.
 */
export function clientAddress(forwardedFor: string | null | undefined): string | null {
  return forwardedFor?.trim().slice(0, 64) || null
}
