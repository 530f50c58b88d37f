import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { backupKinds } from '@/lib/contracts/backup-kind'
import { destinationKinds } from '@/lib/contracts/destinations/index'
import { engineContracts } from '@/lib/contracts/engines/index'

const root = path.resolve(import.meta.dirname, '../..')
const sources = execFileSync('git', ['ls-files', 'lib', 'worker', 'components', 'app'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.tsx?$/.test(file))
const textOf = (file: string) => readFileSync(path.join(root, file), 'utf8')

/** Where a driver may be called by its name: its own folders, contracts and registries. */
const home =
  /^(lib|components)\/(engines|destinations|storage|key-providers)\/|^lib\/contracts\/(engines|destinations)\/|^lib\/db\/(generated|limited-adapter)/
/** Lists of all names, which decide nothing. */
const lists = [
  'lib/contracts/common.ts',
  'lib/contracts/backup-kind.ts',
  'lib/contracts/certificate-target.ts',
  'lib/contracts/repository/measure-words.ts',
]

describe('names of engines, stores and kinds of backup', () => {
  it('are told apart nowhere outside their own folders', () => {
    const names = [...Object.keys(engineContracts), ...destinationKinds, ...backupKinds]
    const quoted = new RegExp(`'(${names.join('|')})'`)
    const files = sources.filter((file) => !home.test(file) && !lists.includes(file))
    const found = files.flatMap((file) =>
      textOf(file)
        .split('\n')
        .flatMap((line, index) => (quoted.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
    )
    expect(found).toEqual([])
  })
})

/** Paths in the first column of a page's table with this head, `<driver>` put in. */
function listed(page: string, head: string, driver: string): string[] {
  const table = textOf(page).split(`\n| ${head} `)[1]?.split('\n\n')[0] ?? ''
  return [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, file = '']) => file.replace(/<(engine|kind)>/g, driver))
}

/** Files that import something of a driver, its own left out. */
function importers(driver: string, families: string[]): string[] {
  const own = families.flatMap((family) => [`${family}/${driver}/`, `${family}/${driver}.ts`])
  const inFamily = (file: string) => families.some((family) => file.startsWith(`${family}/`))
  const byPath = new RegExp(`from '@/(${families.join('|')})/${driver}[/']`)
  const fromBeside = new RegExp(`from '\\./${driver}[/']`)
  return sources.filter((file) => {
    if (own.some((one) => file.startsWith(one))) return false
    const text = textOf(file)
    return byPath.test(text) || (inFamily(file) && fromBeside.test(text))
  })
}

describe.each([
  {
    page: 'docs/adding-an-engine.md',
    drivers: Object.keys(engineContracts),
    families: ['lib/engines', 'lib/contracts/engines', 'components/engines'],
    /** The catalog is a PostgreSQL database, whose address follows the embedded server. */
    others: { postgres: ['lib/services/setup/follow-server.ts'] },
  },
  {
    page: 'docs/adding-a-destination.md',
    drivers: destinationKinds,
    families: ['lib/storage', 'lib/contracts/destinations', 'components/destinations'],
    others: {},
  },
])('$page', ({ page, drivers, families, others }) => {
  it.each(drivers)('names every file that imports %s, and what it consists of', (driver) => {
    const registries = listed(page, 'Registry', driver)
    expect(registries).toHaveLength(3)
    const allowed = [...registries, ...(new Map<string, string[]>(Object.entries(others)).get(driver) ?? [])]
    expect(importers(driver, families).sort()).toEqual(allowed.sort())
    const parts = listed(page, 'Where', driver)
    expect(parts.length).toBeGreaterThan(4)
    expect(parts.filter((file) => globSync(file.replace('<room>', '*'), { cwd: root }).length === 0)).toEqual([])
  })
})
