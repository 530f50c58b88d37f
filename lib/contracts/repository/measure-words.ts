import { bytesInWords } from '../../core/insight/words'
import type { Measure, MeasureUnit } from './measure'

interface Words {
  one: string
  many: string
  /** The servers that count it only estimate it. */
  estimated?: true
}

/** What people call what engines count, by the name of the measure. */
const words = new Map<string, Words>([
  ['rows', { one: 'row', many: 'rows', estimated: true }],
  ['tables', { one: 'table', many: 'tables' }],
  ['databases', { one: 'database', many: 'databases' }],
  ['keys', { one: 'key', many: 'keys' }],
  ['files', { one: 'file', many: 'files' }],
  ['folders', { one: 'folder', many: 'folders' }],
])
/** Names that have words of their own; programs meet others, too. */
export const knownMeasures = [...words.keys()]

/** Of a name that has no words here, such as one of a newer version, the words are the name itself: `hash-fields`. */
function wordsOf(name: string): Words {
  const many = name.replaceAll('-', ' ')
  return words.get(name) ?? { one: singularOf(many), many }
}

function singularOf(many: string): string {
  if (many.endsWith('ies')) return many.replace(/ies$/, 'y')
  return /(ss|sh|tch|x)es$/.test(many) ? many.slice(0, -2) : many.replace(/(?<!s)s$/, '')
}

/** As the name of a line that shows its value: `Tables`; `Rows, about`. */
export function measureTitle(name: string): string {
  const { many, estimated } = wordsOf(name)
  return `${many.charAt(0).toUpperCase()}${many.slice(1)}${estimated ? ', about' : ''}`
}

/** A value alone: `5,000,000`, `1.5 GiB`. */
export function valueInWords(unit: MeasureUnit, value: number): string {
  return unit === 'bytes' ? bytesInWords(value) : Math.round(value).toLocaleString('en')
}

/** A value with what it is of: `1 table`, `5,000,000 rows`, `1.5 GiB of large objects`. */
export function amountInWords({ name, unit, value }: Pick<Measure, 'name' | 'unit' | 'value'>): string {
  const { one, many } = wordsOf(name)
  const number = valueInWords(unit, value)
  if (unit === 'bytes') return `${number} of ${many}`
  return `${number} ${Math.round(value) === 1 ? one : many}`
}

/** The beginning of a sentence: `There is 1 table`, `There are about 5,000,000 rows`, `There is 1.5 GiB of large objects`. */
export function thereIs(measure: Pick<Measure, 'name' | 'unit' | 'value'>): string {
  const single = measure.unit === 'bytes' || Math.round(measure.value) === 1
  return `There ${single ? 'is' : 'are'} ${wordsOf(measure.name).estimated ? 'about ' : ''}${amountInWords(measure)}`
}
