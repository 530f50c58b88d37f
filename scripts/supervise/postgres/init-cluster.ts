import { spawnSync } from 'node:child_process'
import { chownSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { catalogRoles } from '@/lib/db/catalog-roles'
import type { PostgresPlace } from './find-place'

/** The data folder, made on the first start. A half-made one (interrupted start) is thrown away and made again. */
export function initCluster(place: PostgresPlace, password: string): string {
  const data = path.join(place.base, 'data')
  if (existsSync(data)) return data
  const partial = path.join(place.base, 'data.partial')
  const passwordFile = path.join(place.base, 'password.tmp')
  rmSync(partial, { recursive: true, force: true })
  rmSync(passwordFile, { force: true })
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' })
  if (place.user) chownSync(passwordFile, place.user.uid, place.user.gid)
  try {
    const made = initdb(place, partial, passwordFile, 'C.UTF-8')
    if (made.status !== 0) {
      rmSync(partial, { recursive: true, force: true })
      // Systems without C.UTF-8 (musl, macOS) still have C, which sorts the same.
      const again = initdb(place, partial, passwordFile, 'C')
      if (again.status !== 0) throw initFailed(again.stderr || made.stderr || String(again.error ?? ''))
    }
    renameSync(partial, data)
    return data
  } finally {
    rmSync(passwordFile, { force: true })
  }
}

function initdb(place: PostgresPlace, data: string, passwordFile: string, locale: string) {
  return spawnSync(
    path.join(place.bin, 'initdb'),
    [
      '-D',
      data,
      '-U',
      catalogRoles.superuser,
      '-E',
      'UTF8',
      `--locale=${locale}`,
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
    ],
    {
      encoding: 'utf8',
      cwd: '/',
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', NODE_ENV: 'production' },
      ...(place.user ? { uid: place.user.uid, gid: place.user.gid } : {}),
    },
  )
}

function initFailed(output: string): HoldfastError {
  if (/No space left/i.test(output))
    return new HoldfastError('disk-full', 'The disk is full.', { remedy: 'Free some space and start again.' })
  const last =
    output
      .trim()
      .split('\n')
      .filter((line) => /error|fatal|could not/i.test(line))[0] ?? output.trim().split('\n').at(-1)
  return new HoldfastError('postgres-failed', `The catalog's server could not be set up: ${last ?? 'no output'}.`, {
    cause: new Error(`initdb:\n${output}`),
  })
}
