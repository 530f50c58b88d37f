/**
 * How readily a tool takes what others want as well. `low`: nice 10, so that it lives on the CPU that is left over.
 * `lowest`: nice 19, and the disk only when nobody else reads or writes.
 */
export type Priority = 'normal' | 'low' | 'lowest'

/** Backups never compete with production as equals; nobody waits for them. */
export function toolPriority(options: { lowPriority: boolean; gentle: boolean }): Priority {
  return options.lowPriority || options.gentle ? 'lowest' : 'low'
}
