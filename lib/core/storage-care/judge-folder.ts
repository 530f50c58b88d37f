import type { Manifest } from '../../contracts/repository/manifest'
import { isLaterIdentity, manifestFile, restoreGuideFile, signatureFile } from '../repository/paths'

/** An object of one folder; `file` is its name inside. */
export interface FolderObject {
  file: string
  sizeBytes: number
}

/** What belongs into a copy's folder: sizes by file; null where the size is not known. */
export interface ExpectedFiles {
  needed: ReadonlyMap<string, number | null>
  /** A copy is whole without the guide: the manifest has its commands as well. One of another size was not written by Holdfast. */
  guideBytes: number | null
  /** Null: not encrypted, so there are no keys wrapped later. */
  keyFile: string | null
}

export function expectedFiles(
  manifest: Pick<Manifest, 'parts' | 'encryption' | 'restoreGuide'>,
  { signed }: { signed: boolean },
): ExpectedFiles {
  return {
    needed: new Map<string, number | null>([
      ...manifest.parts.map((part) => [part.file, part.storedBytes] as const),
      ...(manifest.encryption ? ([[manifest.encryption.keyFile, null]] as const) : []),
      ...(signed ? ([[signatureFile, null]] as const) : []),
      [manifestFile, null],
    ]),
    guideBytes: manifest.restoreGuide?.storedBytes ?? null,
    keyFile: manifest.encryption?.keyFile ?? null,
  }
}

/** Whether a stored copy is there as a listing shows it, and what lies in its folder that is not its own. */
export function judgeFolder(
  objects: readonly FolderObject[],
  { needed, guideBytes, keyFile }: ExpectedFiles,
): { whole: boolean; unknown: string[] } {
  const found = new Map(objects.map(({ file, sizeBytes }) => [file, sizeBytes]))
  const whole = [...needed].every(([file, size]) => {
    const there = found.get(file)
    return there !== undefined && (size === null || there === size)
  })
  // A key wrapped later for a new kit belongs to the backup where there is a key at all.
  const ours = ({ file, sizeBytes }: FolderObject) =>
    needed.has(file) ||
    (file === restoreGuideFile && sizeBytes === guideBytes) ||
    (keyFile !== null && isLaterIdentity(keyFile, file))
  return { whole, unknown: objects.flatMap((object) => (ours(object) ? [] : [object.file])) }
}
