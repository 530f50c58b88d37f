import {
  manifestFile,
  repositoryRoot,
  restoreGuideFile,
  signatureFile,
  sourceFolder,
  stampOf,
  timeOf,
  uuid,
} from './paths'

/**
 * Where one backup of a set lies: `<set id>/set/<UTC time>-<backup id>/`. It has no data of its own and only names the
 * backups of its members, so it is not among the folders of backups: what reads, copies or restores every backup there
 * must not take it for one of a database.
 */
export interface SetPlace {
  setId: string
  backupId: string
  /** In whole seconds, as in the folder's name. */
  startedAt: Date
}

/** What lies in it; the manifest is written last and signed as that of a backup. */
export const setFiles = [manifestFile, signatureFile, restoreGuideFile] as const
export type SetFile = (typeof setFiles)[number]

/** Folder of one backup of a set, ends with "/". It sorts by time and is unique by id. */
export function setFolder({ setId, backupId, startedAt }: SetPlace): string {
  return `${sourceFolder(setId)}set/${stampOf(startedAt)}-${backupId}/`
}

export const setKey = (place: SetPlace, file: SetFile): string => setFolder(place) + file

const pattern = new RegExp(`^${repositoryRoot}/(${uuid})/set/(\\d{8}T\\d{6}Z)-(${uuid})/([^/]+)$`)

/** What lies under a key of a set; null for every key that `setKey` never makes. */
export function setObjectOf(key: string): { place: SetPlace; file: SetFile } | null {
  const [, setId = '', stamp = '', backupId = '', name] = pattern.exec(key) ?? []
  const file = setFiles.find((each) => each === name)
  const startedAt = timeOf(stamp)
  return file && startedAt ? { place: { setId, backupId, startedAt }, file } : null
}
