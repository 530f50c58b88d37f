import { logIndexSchema, type LogIndex } from '@/lib/contracts/repository/log-index'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { logKey } from '@/lib/core/repository/log-paths'
import { readSigned } from './signed-document'

/**
 * Reads an index of a log. Throws `signature-invalid` when it was changed, was not signed with a trusted key, or lies under
 * another key than its own: an index that was moved or copied is as wrong as a forged one.
 */
export function readLogIndex(key: string, bytes: Buffer, trustedKeys: ReadonlySet<string>): LogIndex {
  const index = readSigned(bytes, logIndexSchema, trustedKeys)
  if (logKey(index, { kind: 'index', number: index.number }) !== key) {
    throw new HoldfastError('signature-invalid', `It is index ${index.number} of another log, or has another number.`)
  }
  return index
}
