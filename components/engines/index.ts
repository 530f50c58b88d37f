import { z } from 'zod'
import { engineNameSchema, type EngineName } from '@/lib/contracts/common'
import { type BuiltInEngine, knownContract } from '@/lib/contracts/engines/index'
import type { RestoreTestLevel } from '@/lib/contracts/schedule'
import { levelWords } from '@/lib/client/words/words'
import type { EngineScreen, SourceWhere } from './engine-screen'
import { filesScreen } from './files/screen'
import { postgresScreen } from './postgres/screen'
import { sqliteScreen } from './sqlite/screen'

/** The only list of how engines look on the screen, in the order in which they are offered. */
const engineScreens: Record<BuiltInEngine, EngineScreen> = {
  postgres: postgresScreen,
  sqlite: sqliteScreen,
  files: filesScreen,
}

const byName: Partial<Record<EngineName, EngineScreen>> = engineScreens

/** The engines that sources can be made of; the first is what a new source begins as. */
export const offeredEngines = z.tuple([engineNameSchema], engineNameSchema).parse(Object.keys(engineScreens))

/** Of a source that is stored, so its engine is built in; throws for another. */
export function engineScreen(engine: EngineName): EngineScreen {
  const screen = byName[engine]
  if (screen) return screen
  throw new Error(`Sources of the engine ${engine} are not supported by this page. Load it again.`)
}

/** What people call an engine, also one that is not built in. */
export const engineTitle = (engine: string): string => knownContract(engine)?.title ?? engine

/** `backup at db1:5432`, or the server alone. */
export const atServer = ({ server, account }: SourceWhere): string =>
  account === null ? server : `${account} at ${server}`

/** What a passed restore test of the level shows: of one engine, or of any where none is known. */
export function provesOf(level: RestoreTestLevel, engine?: string): string {
  const name = engineNameSchema.safeParse(engine)
  return (name.success ? byName[name.data]?.proves[level] : undefined) ?? levelWords[level].proves
}
