import type { ChainPosition } from '../repository/manifest-signature'
import type { ListedBackup } from '../repository/signed-list'

/** A backup's folder as it lies in a store, without anything of a catalog. */
export interface FoundBackup {
  folder: string
  manifestSha256: string
  /** Null: there is no signature file. A text: why the one that is there does not hold. */
  signature:
    (ChainPosition & { previous: ChainPosition | null; folder: string; manifestSha256: string }) | string | null
}

/** The newest list of a source whose signature holds. */
export interface FoundList {
  number: number
  newestSequence: number
  backups: readonly ListedBackup[]
}

export interface SignatureFinding {
  kind: 'forged' | 'changed' | 'missing' | 'gap' | 'unsigned' | 'no-list' | 'not-listed'
  /** False: worth knowing, but explained. */
  bad: boolean
  message: string
}

/**
 * What the store alone shows about one source. Everything the newest signed list names must be there unchanged; everything
 * newer must follow it without a gap. Holdfast updates the list before it removes a backup, so a backup that the list no
 * longer names was removed by Holdfast. This cannot detect that the whole store was rolled back to an earlier state.
 */
export function judgeSource(found: readonly FoundBackup[], list: FoundList | null): SignatureFinding[] {
  const findings: SignatureFinding[] = []
  const bad = (kind: SignatureFinding['kind'], message: string) => findings.push({ kind, bad: true, message })
  const listed = new Map(list?.backups.map((backup) => [backup.folder, backup]))
  const sound = new Map<number, { folder: string; sha256: string }>()
  for (const { folder, manifestSha256, signature } of found) {
    const entry = listed.get(folder)
    if (entry && entry.manifestSha256 !== manifestSha256)
      bad('changed', `${folder} has another manifest than the list names.`)
    if (signature === null) {
      if (entry?.sequence === null) continue
      bad('unsigned', `${folder} has no signature: it was taken away, or somebody else put this backup there.`)
      continue
    }
    if (typeof signature === 'string') {
      bad('forged', `The signature of ${folder} does not hold. ${signature}`)
      continue
    }
    if (signature.folder !== folder || signature.manifestSha256 !== manifestSha256) {
      bad('changed', `The signature in ${folder} is of another manifest or of another folder.`)
      continue
    }
    const twin = sound.get(signature.sequence)
    if (twin) bad('forged', `${twin.folder} and ${folder} both have the number ${signature.sequence}.`)
    sound.set(signature.sequence, { folder, sha256: signature.sha256 })
    if (list && !entry && signature.sequence <= list.newestSequence) {
      const message = `${folder} is not listed any more: its removal is not finished, its objects are locked, or it was put back.`
      findings.push({ kind: 'not-listed', bad: false, message })
    }
  }
  const there = new Set(found.map(({ folder }) => folder))
  for (const entry of list?.backups ?? []) {
    if (!there.has(entry.folder)) bad('missing', `${entry.folder} is listed and gone: Holdfast did not remove it.`)
  }
  if (!list && found.length > 0) {
    bad('no-list', 'There is no signed list: what retention removed cannot be told from what somebody else removed.')
  }
  for (const { signature } of found) {
    if (signature === null || typeof signature === 'string' || signature.previous === null) continue
    const { sequence, previous } = signature
    // What a list covers is judged by the list.
    if (list && previous.sequence <= list.newestSequence) continue
    const before = sound.get(previous.sequence)
    if (!before) bad('gap', `Number ${sequence} follows number ${previous.sequence}, which is not there.`)
    else if (before.sha256 !== previous.sha256)
      bad('forged', `Number ${previous.sequence} is not the one that ${sequence} follows.`)
  }
  return findings
}
