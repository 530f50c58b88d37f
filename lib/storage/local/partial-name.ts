import { randomUUID } from 'node:crypto'
import path from 'node:path'

const pattern = /^\.(.+)\.[0-9a-f-]{36}\.partial$/

/** Where a file is written before it has its name: beside it, so that linking it into place stays on one file system. */
export function partialName(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}.partial`)
}

/** The name that a partial file was meant for; null for any other file. */
export function intendedName(name: string): string | null {
  return pattern.exec(name)?.[1] ?? null
}
