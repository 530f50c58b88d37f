import { folderOf } from '@/lib/core/storage-care/judge-folder'
import type { RunContext } from '@/lib/ports/run-context'
import type { ObjectInfo, Storage } from '@/lib/ports/storage'

/** Objects that lie together: a backup's folder, or one object that is in none. */
export interface ListedFolder {
  folder: string | null
  backupId: string | null
  objects: ObjectInfo[]
}

/** Everything of ours in a store, folder by folder: a listing is in key order, so each folder comes in one piece. */
export async function* listFolders(storage: Storage, run: RunContext): AsyncGenerator<ListedFolder> {
  let current: ListedFolder | null = null
  for await (const object of storage.list('holdfast/', run)) {
    const place = folderOf(object.key)
    if (current && current.folder === place?.folder) {
      current.objects.push(object)
      continue
    }
    if (current) yield current
    current = null
    if (place) current = { folder: place.folder, backupId: place.backupId, objects: [object] }
    else yield { folder: null, backupId: null, objects: [object] }
  }
  if (current) yield current
}
