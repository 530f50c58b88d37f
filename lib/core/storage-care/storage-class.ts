import { destinationContract } from '../../contracts/destinations/index'

/** A class, as a store of this kind reports it, whose objects must be brought back before they can be read. */
export function isArchived(kind: string, storageClass: string | null | undefined): boolean {
  return destinationContract(kind).storageClasses.some(({ name, archive }) => archive && name === storageClass)
}

/** The class of a copy whose objects may be of several: what its slowest object is decides when it can be read. */
export function coldestClass(kind: string, classes: Iterable<string | undefined>): string | null {
  const names = destinationContract(kind).storageClasses.map(({ name }) => name)
  let coldest: string | null = null
  for (const name of classes) {
    if (name === undefined) continue
    if (coldest === null || names.indexOf(name) > names.indexOf(coldest)) coldest = name
  }
  return coldest
}
