import type { DestinationContract } from '../../contracts/destinations/destination-contract'
import { destinationContracts, destinationKindSchema } from '../../contracts/destinations/index'

/** None of a kind that only a later version knows: what it stored is still listed. */
function classesOf(kind: string): DestinationContract['storageClasses'] {
  const known = destinationKindSchema.safeParse(kind).data
  return known === undefined ? [] : destinationContracts[known].storageClasses
}

/** A class, as a store of this kind reports it, whose objects must be brought back before they can be read. */
export function isArchived(kind: string, storageClass: string | null | undefined): boolean {
  return classesOf(kind).some(({ name, archive }) => archive && name === storageClass)
}

/** The class of a copy whose objects may be of several: what its slowest object is decides when it can be read. */
export function coldestClass(kind: string, classes: Iterable<string | undefined>): string | null {
  const names = classesOf(kind).map(({ name }) => name)
  let coldest: string | null = null
  for (const name of classes) {
    if (name === undefined) continue
    if (coldest === null || names.indexOf(name) > names.indexOf(coldest)) coldest = name
  }
  return coldest
}
