import { FileArchive, FolderOpen } from 'lucide-react'
import type { Source } from '@/lib/contracts/source'
import type { EngineScreen } from '../engine-screen'
import { ownSource } from '../own-source'
import { ConnectionFields, OptionsFields } from './fields'
import { filesRestore } from './restore'
import {
  emptyFiles,
  filesOptionsOf,
  filesValuesOf,
  type FilesConnectionValues,
  type FilesForm,
  type FilesOptionValues,
  type FilesTargetValues,
} from './values'

const own = (source: Source) => ownSource(source, 'files')
const listed = (patterns: readonly string[]) => (patterns.length === 0 ? null : patterns.join(', '))

export const filesScreen: EngineScreen<FilesConnectionValues, FilesOptionValues, FilesTargetValues> = {
  Icon: FolderOpen,
  connectionNote: 'A folder that the worker can read, with everything in it or only what matches patterns.',
  empty: emptyFiles,
  valuesOf: filesValuesOf,
  connectionOf: ({ root, include, exclude }) => ({ root, include, exclude }),
  optionsOf: (values: FilesForm['options']) => filesOptionsOf(values),
  storedSecrets: () => [],
  ConnectionFields,
  OptionsFields,
  proofNote: 'Restored files are compared with the index of the backup: types, sizes, times, rights, owners, links.',
  where: (source) => ({ what: own(source).connection.root, server: 'the worker’s machine', account: null }),
  facts(source) {
    const { connection, options } = own(source)
    return [
      { name: 'Folder', value: connection.root },
      { name: 'Only', value: listed(connection.include) ?? 'everything' },
      { name: 'Left out', value: listed(connection.exclude) ?? 'nothing' },
      { name: 'Full backup after', value: `${options.longestChain} incremental ones` },
    ]
  },
  inspectionFacts: (inspection) => [{ name: 'Read by', value: inspection.serverVersion ?? null }],
  proves: {
    quick: 'Every copy is there, matches its checksums, decrypts and decompresses to its end.',
    standard:
      'Unpacks the whole chain in a sandbox without an error, with the same files, sizes, times, rights, owners and links.',
    comprehensive:
      'Unpacks the whole chain in a sandbox without an error, with the same files, sizes, times, rights, owners and links. The content of every file equals what was read.',
  },
  downloads: [{ form: 'plain', label: 'Archive', note: 'Decrypted; what tar reads', Icon: FileArchive }],
  restore: filesRestore,
}
