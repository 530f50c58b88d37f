import { createHash } from 'node:crypto'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import { get } from '@/lib/storage/s3/get'
import { headFull, type Head } from '@/lib/storage/s3/head'
import { putIdName } from './object-input'
import type { PutState } from './put-state'
import type { S3Store } from '@/lib/storage/s3/store'
import type { UploadedPart } from './upload-multipart'

/** What left this process. */
export interface SentObject {
  sizeBytes: number
  sha256: Buffer
  /** Null when the object went out in one request. */
  parts: UploadedPart[] | null
}

/**
 * Asks the store what it holds and compares it with what was sent: the size always, then its SHA-256 (of the object, or
 * of its parts' checksums), else an ETag that is an MD5, else the bytes themselves, read back.
 */
export async function confirmObject(
  store: S3Store,
  state: PutState,
  sent: SentObject,
  etag: string,
  run: RunContext,
): Promise<void> {
  const { key } = state
  const head = await headFull(store, key, run)
  if (!head) throw damaged(key, 'is not there after the store confirmed it')
  const foreign = head.Metadata?.[putIdName] !== undefined && head.Metadata[putIdName] !== state.putId
  if (foreign || (head.ETag && head.ETag !== etag)) throw damaged(key, 'was replaced by another writer')
  if (head.ContentLength !== sent.sizeBytes) {
    throw damaged(key, `has ${head.ContentLength} bytes in the store, ${sent.sizeBytes} were sent`)
  }
  const verdict = compareChecksum(head, sent)
  if (verdict === 'equal') return
  if (verdict === 'different') throw damaged(key, 'has another checksum in the store than what was sent')
  await readBack(store, key, sent, run)
}

/** `unknown`: the store reported nothing that can be compared. */
export function compareChecksum(head: Head, sent: SentObject): 'equal' | 'different' | 'unknown' {
  const reported = head.ChecksumSHA256
  if (reported) {
    const composite =
      sent.parts &&
      composed(
        'sha256',
        sent.parts.map((part) => part.sha256),
        'base64',
      )
    // Stores differ in whether a single-part upload has the composite form; both forms prove the bytes.
    return reported === composite || reported === sent.sha256.toString('base64') ? 'equal' : 'different'
  }
  const md5s = sent.parts?.flatMap((part) => part.md5 ?? [])
  if (md5s && md5s.length === sent.parts?.length && head.ETag === `"${composed('md5', md5s, 'hex')}"`) return 'equal'
  // An ETag that differs proves nothing: with KMS encryption it is no MD5.
  return 'unknown'
}

function composed(algorithm: 'sha256' | 'md5', digests: Buffer[], encoding: 'base64' | 'hex'): string {
  return `${createHash(algorithm).update(Buffer.concat(digests)).digest(encoding)}-${digests.length}`
}

async function readBack(store: S3Store, key: string, sent: SentObject, run: RunContext): Promise<void> {
  const hash = createHash('sha256')
  for await (const chunk of await get(store, key, null, run)) hash.update(chunk as Buffer)
  if (!hash.digest().equals(sent.sha256)) throw damaged(key, 'does not read back as it was sent')
}

function damaged(key: string, what: string): HoldfastError {
  return new HoldfastError('object-damaged', `${key} ${what}`, { facts: { key } })
}
