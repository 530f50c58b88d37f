/** Classes whose objects must be brought back, which takes hours, before they can be read. `GLACIER_IR` is not one. */
const archived = new Set(['GLACIER', 'DEEP_ARCHIVE'])

export function isArchived(storageClass: string | null | undefined): boolean {
  return storageClass !== null && storageClass !== undefined && archived.has(storageClass)
}

/** From the quickest to the coldest; a class that is not listed stands with the quick ones. */
const coldness = ['STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE']

/** The class of a copy whose objects may be of several: what its slowest object is decides when it can be read. */
export function coldestClass(classes: Iterable<string | undefined>): string | null {
  let coldest: string | null = null
  for (const name of classes) {
    if (name === undefined) continue
    if (coldest === null || coldness.indexOf(name) > coldness.indexOf(coldest)) coldest = name
  }
  return coldest
}
