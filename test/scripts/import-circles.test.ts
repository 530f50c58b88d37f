import { readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { filesBelow, root, sourceFolders } from '../helpers/source-files'

/** What each file imports, of itself or of types only: import-x/no-cycle leaves out what is gone after compiling. */
type Imports = ReadonlyMap<string, readonly string[]>

const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(path.join(root, 'tsconfig.json'), (file) => readFileSync(file, 'utf8')).config,
  ts.sys,
  root,
)
const cache = ts.createModuleResolutionCache(root, (name) => name, options)

/** The files of the repository that a text imports, as the compiler finds them. */
function importsOf(file: string, text: string): string[] {
  const { importedFiles } = ts.preProcessFile(text, true, true)
  return importedFiles.flatMap(({ fileName }) => {
    const found = ts.resolveModuleName(fileName, path.join(root, file), options, ts.sys, cache).resolvedModule
    if (!found || found.isExternalLibraryImport) return []
    return [path.relative(root, found.resolvedFileName).split(path.sep).join('/')]
  })
}

/** Groups of files that import one another, directly or through each other (Tarjan's strongly connected components). */
function circlesIn(imports: Imports): string[][] {
  const numbers = new Map<string, number>()
  const lowest = new Map<string, number>()
  const open: string[] = []
  const circles: string[][] = []
  const lower = (file: string, number = Infinity) => lowest.set(file, Math.min(lowest.get(file) ?? Infinity, number))
  const visit = (file: string) => {
    const number = numbers.size
    numbers.set(file, number)
    lower(file, number)
    open.push(file)
    for (const next of imports.get(file) ?? []) {
      if (!numbers.has(next)) {
        visit(next)
        lower(file, lowest.get(next))
      } else if (open.includes(next)) lower(file, numbers.get(next))
    }
    if (lowest.get(file) !== number) return
    const group = open.splice(open.indexOf(file))
    if (group.length > 1 || imports.get(file)?.includes(file)) circles.push(group.sort())
  }
  for (const file of imports.keys()) if (!numbers.has(file)) visit(file)
  return circles
}

const files = sourceFolders.flatMap(filesBelow)
const code = files.filter((file) => /\.(ts|tsx|mjs)$/.test(file))
const imports: Imports = new Map(
  code.map((file) => [file, importsOf(file, readFileSync(path.join(root, file), 'utf8'))]),
)

describe('imports', () => {
  it('are read of values and of types, in every form', () => {
    const forms = [
      "import { a } from '@/lib/core/clip'",
      "import type { A } from '../core/clip'",
      "import { type A } from '../core/clip'",
      "export type { A } from '../core/clip'",
      "export * from '../core/clip'",
      "const a = await import('../core/clip')",
      "type A = import('../core/clip').A",
    ]
    for (const form of forms) expect([form, importsOf('lib/ports/x.ts', form)]).toEqual([form, ['lib/core/clip.ts']])
    expect(importsOf('lib/ports/x.ts', "// import '../core/clip'\nimport 'zod'\nimport 'node:fs'\n")).toEqual([])
  })

  it('that go round are found', () => {
    const graph = { a: ['b'], b: ['c', 'd'], c: ['a'], d: ['e'], e: [], f: ['f'], g: ['a', 'h'], h: ['g', 'e'] }
    expect(circlesIn(new Map(Object.entries(graph)))).toEqual([['a', 'b', 'c'], ['f'], ['g', 'h']])
  })

  it('never go round, not even those of types', () => {
    const edges = [...imports.values()].flat().length
    expect(edges).toBeGreaterThan(5_000)
    expect(circlesIn(imports)).toEqual([])
  })

  it('of the product never lead to its tests, benchmarks or scripts', () => {
    const product = code.filter((file) => /^(app|components|lib|worker)\//.test(file))
    const wrong = product.flatMap((file) =>
      (imports.get(file) ?? []).filter((to) => /^(bench|e2e|scripts|test)\//.test(to)).map((to) => `${file} -> ${to}`),
    )
    expect(wrong).toEqual([])
  })
})

it('no folder of sources holds more than 26 files side by side', () => {
  // Fixtures are stored samples, most of them somebody else's.
  const sources = files.filter((file) => !file.startsWith('test/fixtures/'))
  const folders = Map.groupBy(sources, (file) => path.posix.dirname(file))
  expect(folders.size).toBeGreaterThan(100)
  const crowded = [...folders].filter(([, inside]) => inside.length > 26)
  expect(crowded.map(([folder, inside]) => `${folder}: ${inside.length}`)).toEqual([])
})
