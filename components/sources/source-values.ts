import type { EngineName } from '@/lib/contracts/common'
import { engineContract } from '@/lib/contracts/engines/index'
import type { Source } from '@/lib/contracts/source'
import { engineScreen, offeredEngines } from '@/components/engines/index'
import { storedSecretHint } from '@/lib/client/stored-secret-hint'
import { emptyOptions, optionInputOf, optionValuesOf, type OptionValues } from './option-values'

/** The form as typed. What the engine has of its own is in `connection` and beside the options of every source. */
export interface SourceValues {
  name: string
  tags: string[]
  engine: EngineName
  connection: object
  options: OptionValues
}

/** A new source of an engine; what was typed already and every source has is kept. */
export function emptySource(engine: EngineName, typed: Partial<SourceValues> = {}): SourceValues {
  const { connection, options } = engineScreen(engine).empty
  return {
    name: '',
    tags: [],
    ...typed,
    engine,
    connection,
    options: { ...options, ...emptyOptions, ...typed.options },
  }
}

export const usualEngine = (): EngineName => offeredEngines[0]

export function valuesOfSource(source: Source): SourceValues {
  const { name, tags, engine } = source
  const { connection, options } = engineScreen(engine).valuesOf(source)
  return { name, tags, engine, connection, options: { ...options, ...optionValuesOf(source.options) } }
}

/** What is sent. A secret that is empty is left out: a new source has none then, a stored one is kept. */
export function sourceInputOf({ name, tags, engine, connection, options }: SourceValues) {
  const screen = engineScreen(engine)
  return {
    name,
    tags,
    engine,
    connection: screen.connectionOf(connection),
    options: { ...optionInputOf(options), ...screen.optionsOf(options) },
  }
}

/** What an edit sends: a field that was emptied takes its limit or objective away. */
export function sourcePatchOf(values: SourceValues) {
  const { name, tags, connection, options } = sourceInputOf(values)
  const emptied = Object.entries<unknown>({ ...options }).flatMap(([option, value]) =>
    value === undefined ? [option] : [],
  )
  const removed = engineContract(values.engine).removableOptions.filter((option) => emptied.includes(option))
  return { name, tags, connection, options: { ...options, ...Object.fromEntries(removed.map((name) => [name, null])) } }
}

/** Of a stored source: whether its secrets may stay empty with what is typed beside them. */
export function secretHintsOf(source: Source, values: SourceValues): Record<string, string> {
  const { secretPlace, secrets } = engineContract(source.engine)
  const stored = engineScreen(source.engine).storedSecrets(source)
  const { connection, options } = sourceInputOf(values)
  const typed = Object.fromEntries(
    Object.entries(connection).filter(([field]) => !secrets.some(({ name }) => name === field)),
  )
  return Object.fromEntries(
    secrets
      .filter(({ name }) => stored.includes(name))
      .map(({ name, reach }) => [
        name,
        storedSecretHint(reach, secretPlace(source), secretPlace({ connection: typed, options })),
      ]),
  )
}
