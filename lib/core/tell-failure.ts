import type { Failure } from '../contracts/common'

/** A failure on one line, for where there is no room of its own for what to do about it. */
export function tellFailure({ message, remedy }: Pick<Failure, 'message' | 'remedy'>): string {
  return [message, ...(remedy ? [remedy] : [])].map(sentence).join(' ')
}

const sentence = (text: string): string => (/[.!?]["”)]?$/.test(text) ? text : `${text}.`)
