import type { Manifest, Recipient } from '../../contracts/repository/manifest'

/** In the list of whose keys open a copy: everybody, since it is not encrypted. */
export const opensForAll = '*'

/**
 * What the catalog calls a recipient: an age key by itself, whatever its kind, since backups of version 1 do not tell; a key of a
 * service with its version, where it has one.
 */
export function recipientName({ id, version }: Recipient): string {
  return version === undefined ? id : `${id}@${version}`
}

/** Whose keys open a backup as it was taken: names of recipients, or `opensForAll`. */
export function openedBy(manifest: Pick<Manifest, 'encryption'>): string[] {
  return manifest.encryption ? manifest.encryption.wrappedFor.map(recipientName) : [opensForAll]
}
