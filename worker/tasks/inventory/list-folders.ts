import { placeOf, type RepositoryPlace } from '@/lib/core/repository/place-of'
import type { RunContext } from '@/lib/ports/run-context'
import type { ObjectInfo, Storage } from '@/lib/ports/storage'

/** Objects that lie together: all of a backup's folder, or one object that is in none. */
export interface ListedFolder {
  /** Null: no object of Holdfast has such a key. */
  place: RepositoryPlace | null
  objects: ObjectInfo[]
}

/** Everything of Holdfast in a store, folder by folder: a listing is in key order, so each folder comes in one piece. */
export async function* listFolders(storage: Storage, run: RunContext): AsyncGenerator<ListedFolder> {
  let current: ListedFolder | null = null
  for await (const object of storage.list('holdfast/', run)) {
    const place = placeOf(object.key)
    if (place?.kind === 'backup' && current?.place?.kind === 'backup' && current.place.folder === place.folder) {
      current.objects.push(object)
      continue
    }
    if (current) yield current
    current = { place, objects: [object] }
  }
  if (current) yield current
}
