import { localConfigSchema } from '@/lib/contracts/destinations/local'
import type { DestinationSpec, Storage, StorageDriver } from '@/lib/ports/storage'
import { abortUploads } from './abort-uploads'
import { answerInTime } from './answer-in-time'
import { checkPlace } from './check-place'
import { deleteObjects } from './delete'
import { describeFile } from './describe-file'
import { get } from './get'
import { list, lstatIfThere } from './list'
import { probe } from './probe'
import { put } from './put'
import { RootFolder } from './root-folder'
import { readSpace } from './space'

/** A probe writes and reads a few bytes; less than what those who ask have patience for. */
const probeWithinMs = 40_000

/** A folder on the worker's machine: files 0600 and folders 0700, one file an object. */
export const localDriver: StorageDriver = { kind: 'local', open: openLocal }

function openLocal(spec: DestinationSpec): Storage {
  const config = localConfigSchema.parse(spec.config)
  const root = new RootFolder(config.path.replace(/(?<=.)\/+$/, ''))
  return {
    kind: 'local',
    features: { conditionalCreate: true, reportsChecksum: false },
    put: (key, body, _options, run) => put(root, key, body, run),
    get: (key, range, run) => get(root, key, range, run),
    async head(key) {
      await root.check()
      const info = await lstatIfThere(root.file(key))
      return info?.isFile() ? describeFile(key, info) : null
    },
    list: (prefix) => list(root, prefix),
    delete: (keys, run) => deleteObjects(root, keys, run),
    abortUploads: (prefix, run) => abortUploads(root, prefix, run),
    checkPlace: () => answerInTime(root.path, () => checkPlace(root.path)),
    probe: (run) => answerInTime(root.path, () => probe(root, run), probeWithinMs),
    space: () => readSpace(root),
    close: async () => undefined,
  }
}
