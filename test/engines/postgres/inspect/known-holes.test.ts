import { chmod, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { engines } from '@/lib/engines/index'
import { inspect } from '@/lib/engines/postgres/inspect'
import { makeSource } from '../../../helpers/servers/postgres'
import { makeTestRun } from '../../../helpers/run-context'
import { testPostgresUrl } from '../../../helpers/servers/servers'
import { tempDir } from '../../../helpers/temp'
import { warnOfPrograms } from '@/worker/warn-of-programs'

afterEach(() => vi.unstubAllEnvs())

/** A client that says it has this version. */
async function clientOf(folder: string, version: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const file = path.join(folder, 'pg_dump')
  await writeFile(file, `#!/bin/sh\necho 'pg_dump (PostgreSQL) ${version}'\n`)
  await chmod(file, 0o755)
  return folder
}

it('a client with known holes is named with version, path and the update by the test of a connection (security 13)', async () => {
  await using dir = await tempDir('client')
  const folder = await clientOf(path.join(dir.path, 'bin'), '15.3')
  vi.stubEnv('HOLDFAST_PG_BIN', folder)
  const { port } = new URL(testPostgresUrl())
  const found = await inspect(makeSource({ port: Number(port) }), makeTestRun())
  expect(found.ok).toBe(true)
  expect(found.findings).toContainEqual({
    severity: 'warning',
    code: 'client-known-holes',
    message: `${folder}/pg_dump has version 15.3, which has known security holes; they are mended in 15.18.`,
    remedy: expect.stringContaining('apt-get install --only-upgrade postgresql-client-15'),
  })
})

it('a client without known holes is not spoken of (security 13)', async () => {
  await using dir = await tempDir('client')
  vi.stubEnv('HOLDFAST_PG_BIN', await clientOf(path.join(dir.path, 'bin'), '15.18'))
  const { port } = new URL(testPostgresUrl())
  const found = await inspect(makeSource({ port: Number(port) }), makeTestRun())
  expect(found.findings.map(({ code }) => code)).not.toContain('client-known-holes')
})

it('the start of a worker reports every such client on the machine (security 13)', async () => {
  await using dir = await tempDir('client')
  const old = [await clientOf(path.join(dir.path, 'a'), '17.2'), await clientOf(path.join(dir.path, 'b'), '14.23')]
  const good = await clientOf(path.join(dir.path, 'c'), '16.14')
  vi.stubEnv('HOLDFAST_PG_BIN', [...old, good].join(path.delimiter))
  const told: string[] = []
  const logger = { ...makeTestRun().logger, warn: (message: string) => void told.push(message) }
  await warnOfPrograms(Object.values(engines), logger)
  expect(told.filter((line) => line.startsWith(dir.path))).toEqual([
    `${old[0]}/pg_dump has version 17.2, which has known security holes; they are mended in 17.10.`,
    `${old[1]}/pg_dump has version 14.23, which has known security holes; they are mended in 15.18.`,
  ])
})
