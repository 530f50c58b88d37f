import { errorCode } from '@/lib/engines/postgres/classify-error'

/** What a server says of a statement; not of its resources, its end, its files or the connection. */
const ofStatement = /^(?!08|53|57|58)[0-9FHPX][0-9A-Z]{4}$/

/** True when the error says nothing about what was asked: the server, its machine or the way to it is in trouble. */
export function isTroubleOfServer(error: unknown): boolean {
  return !ofStatement.test(errorCode(error))
}
