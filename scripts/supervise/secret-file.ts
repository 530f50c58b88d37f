import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

/** A secret made once and kept in a file that only its owner reads. Written whole or not at all. */
export function secretFile(file: string, make = () => randomBytes(32).toString('base64url')): string {
  if (existsSync(file)) {
    const kept = readFileSync(file, 'utf8').trim()
    if (kept) return kept
  }
  const secret = make()
  const partial = `${file}.${process.pid}`
  writeFileSync(partial, `${secret}\n`, { mode: 0o600, flush: true })
  chmodSync(partial, 0o600)
  renameSync(partial, file)
  return secret
}
