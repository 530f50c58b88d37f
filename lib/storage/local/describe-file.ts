import type { Stats } from 'node:fs'
import type { ObjectInfo } from '@/lib/ports/storage'

export function describeFile(key: string, info: Stats): ObjectInfo {
  return {
    key,
    sizeBytes: info.size,
    lastModified: info.mtime,
    // A file that is written anew is another file, or has another time.
    version: `${info.ino}-${info.mtimeMs}`,
  }
}
