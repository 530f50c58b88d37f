import type { Manifest } from '../../contracts/repository/manifest'

/** In the list of whose keys open a copy: everybody, since it is not encrypted. */
export const opensForAll = '*'

/** Whose keys open a backup as it was taken: age recipients, or `opensForAll`. */
export function openedBy(manifest: Pick<Manifest, 'encryption'>): string[] {
  return manifest.encryption ? manifest.encryption.wrappedFor.map(({ id }) => id) : [opensForAll]
}
