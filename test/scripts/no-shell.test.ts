import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { openApiDocument } from '@/lib/server/open-api-document'

const root = path.resolve(import.meta.dirname, '../..')

function sources(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name)
    if (entry.isDirectory()) return name.includes('generated') ? [] : sources(name)
    return /\.(ts|tsx)$/.test(entry.name) ? [name] : []
  })
}

/** Names of all fields that any request or answer of the API may have. */
function fieldsOf(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const each of value) fieldsOf(each, found)
  else if (typeof value === 'object' && value !== null) {
    for (const [name, each] of Object.entries(value)) {
      if (name === 'properties' && typeof each === 'object' && each !== null)
        for (const field of Object.keys(each)) found.add(field)
      fieldsOf(each, found)
    }
  }
  return found
}

describe('what is entered never becomes a command', () => {
  it('as no shell is started with a text that was put together (security 9)', () => {
    const found = ['app', 'lib', 'worker'].flatMap(sources).filter((file) => {
      const text = readFileSync(path.join(root, file), 'utf8')
      return /\bshell:\s*(true|['"`])|\b(execSync|exec)\(\s*['"`]|from '(node:)?child_process'.*\bexec\b/.test(text)
    })
    expect(found).toEqual([])
  })

  it('and the API takes no command, script or hook to be run (security 29)', () => {
    const fields = [...fieldsOf(openApiDocument())]
    expect(fields.length).toBeGreaterThan(200)
    expect(fields.filter((name) => /command|script|hook(?!Url)|shell|exec/i.test(name))).toEqual([])
  })
})
