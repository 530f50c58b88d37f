import type { BuiltInEngine } from '@/lib/contracts/engines/index'
import type { Source } from '@/lib/contracts/source'

type SourceOf<E extends BuiltInEngine> = Extract<Source, { engine: E }>

/** A source as its own engine's screen takes it; a screen is never given another's. */
export function ownSource<E extends BuiltInEngine>(source: Source, engine: E): SourceOf<E> {
  if (isOf(source, engine)) return source
  throw new TypeError(`The screen of ${engine} was given a source of ${source.engine}`)
}

const isOf = <E extends BuiltInEngine>(source: Source, engine: E): source is SourceOf<E> => source.engine === engine
