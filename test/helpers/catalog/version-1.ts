import { execFileSync } from 'node:child_process'
import { chmod, cp, mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import { z } from 'zod'
import { prepareLimitedRole } from '@/lib/db/limited-role'
import { migrate } from '@/lib/db/migrate'

/** What version 1 left behind, and where it came from: README.md in it. */
export const sampleFolder = path.resolve(import.meta.dirname, '../../fixtures/version-1')
const migrations = path.resolve(import.meta.dirname, '../../../prisma/migrations')

export const sampleNames = ['plain', 'parallel', 'gzip', 'xz', 'lz4', 'rewrapped', 'partial', 'pinned'] as const
const id = z.uuid()
const sampleSchema = z.object({
  /** When the answers were written down. */
  madeAt: z.iso.datetime(),
  sourceId: id,
  otherSourceId: id,
  destinations: z.object({ north: id, south: id }),
  sourcePassword: z.string(),
  personPassword: z.string(),
  tokens: z.object({ whole: z.string(), limited: z.string() }),
  /** Ids by what is special about each. */
  backups: z.record(z.enum([...sampleNames, 'deleted']), id),
  /** What the database held: `contentDigest` of it. */
  content: z.record(z.string(), z.string()),
})
export type Sample = z.infer<typeof sampleSchema>

export async function readSample(): Promise<Sample> {
  return sampleSchema.parse(JSON.parse(await readFile(path.join(sampleFolder, 'sample.json'), 'utf8')))
}

const items = z.array(z.looseObject({}))
const optioned = z.array(z.looseObject({ options: z.looseObject({}) }))
const answersSchema = z.looseObject({
  sources: z.array(z.looseObject({ connection: z.looseObject({}), options: z.looseObject({}) })),
  destinations: z.array(z.looseObject({ name: z.string() })),
  backups: items,
  backupDetails: items,
  restoreTests: items,
  restores: items,
  schedules: optioned,
  policies: optioned,
})

/** What the API of version 1 answered, by the names of `readEverything`. */
export async function readAnswers(): Promise<z.infer<typeof answersSchema>> {
  return answersSchema.parse(JSON.parse(await readFile(path.join(sampleFolder, 'answers.json'), 'utf8')))
}

/**
 * Puts the instance into an empty database and an empty home, with its master key and a copy of its repositories, and
 * upgrades the catalog to today's. Only where things are is changed: the folders, and the port of the sources' server.
 */
export async function installSample(place: { databaseUrl: string; home: string; sourcePort: number }): Promise<void> {
  const { destinations } = await readSample()
  const load = ['-X', '-q', '-o', '/dev/null', '-v', 'ON_ERROR_STOP=1', '-f', path.join(sampleFolder, 'catalog.sql')]
  execFileSync('psql', [...load, place.databaseUrl], { stdio: ['ignore', 'ignore', 'pipe'] })
  const client = new pg.Client({ connectionString: place.databaseUrl })
  await client.connect()
  try {
    const port = JSON.stringify(place.sourcePort)
    await client.query(`UPDATE public.source SET connection = jsonb_set(connection, '{port}', $1::jsonb)`, [port])
    for (const [name, destinationId] of Object.entries(destinations)) {
      await client.query(
        `UPDATE public.destination SET config = jsonb_set(config, '{path}', to_jsonb($1::text)) WHERE id = $2`,
        [sampleStore(place.home, name), destinationId],
      )
    }
  } finally {
    await client.end()
  }
  await migrate(place.databaseUrl, migrations)
  await prepareLimitedRole(place.databaseUrl)
  const keys = path.join(place.home, 'keys')
  await mkdir(keys, { mode: 0o700 })
  await cp(path.join(sampleFolder, 'test-master.key'), path.join(keys, 'master.key'))
  await chmod(path.join(keys, 'master.key'), 0o600)
  for (const name of Object.keys(destinations)) {
    await cp(path.join(sampleFolder, 'repository', name), sampleStore(place.home, name), { recursive: true })
  }
}

/** The folder of a destination of the sample. */
export const sampleStore = (home: string, name: string): string => path.join(home, 'backups', name)
