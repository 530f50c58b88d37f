import type { JudgedUnit } from '../../contracts/insight'
import { thereIs, valueInWords } from '../../contracts/repository/measure-words'
import { bytesInWords, spanInWords } from './words'

/** One sentence that names the usual and the measured value, and what it may mean where that is known. */
export function describeAnomaly(
  { measure, unit }: { measure: string; unit: JudgedUnit },
  usual: number,
  actual: number,
): string {
  const times = usual > 0 ? actual / usual : Number.POSITIVE_INFINITY
  const change =
    times >= 2
      ? `${Number.isFinite(times) ? times.toFixed(1) : 'many'} times`
      : `${Math.abs(Math.round((times - 1) * 100))} % ${times > 1 ? 'more' : 'less'} than`
  switch (measure) {
    case 'source-bytes':
      return `The source gave ${bytesInWords(actual)}, ${change} the usual ${bytesInWords(usual)}.`
    case 'stored-bytes':
      return `The backup takes ${bytesInWords(actual)}, ${change} the usual ${bytesInWords(usual)}.`
    case 'duration':
      return `It took ${spanInWords(actual)}, ${change} the usual ${spanInWords(usual)}.`
    case 'compression': {
      const sentence = `Its data was stored at ${percent(actual)} of its size; ${percent(usual)} is usual.`
      return times > 1
        ? `${sentence} Data that stops compressing may have been encrypted by someone else: look before old backups expire.`
        : sentence
    }
    default: {
      const counted = unit === 'bytes' ? 'bytes' : 'count'
      const there = thereIs({ name: measure, unit: counted, value: actual })
      return `${there}, ${change} the usual ${valueInWords(counted, usual)}.`
    }
  }
}

const percent = (share: number): string => `${Math.round(share * 100)} %`
