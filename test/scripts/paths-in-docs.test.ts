import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { filesBelow, root } from '../helpers/source-files'

/** Paths of the repository as pages write them: `lib/core/retention/`, `worker/tasks/copy.ts`. */
const paths = /`((?:app|bench|components|deploy|docs|e2e|lib|prisma|scripts|test|worker)\/[^`\s]*)`/g
const madeByRuns = ['bench/.data']
const pages = [...filesBelow('docs').filter((file) => file.endsWith('.md')), 'README.md']

it.each(pages)('%s names only files that exist', (page) => {
  const named = [...readFileSync(path.join(root, page), 'utf8').matchAll(paths)].map(([, file = '']) => file)
  const missing = named.filter((file) => {
    if (madeByRuns.includes(file)) return false
    const pattern = file.replace(/<[a-z]+>/g, '*').replace(/\/$/, '')
    // The tables of faults and security points name tests as `worker/main-job`.
    const names = ['', '.ts', '.test.ts', '.spec.ts'].flatMap((ending) => [
      pattern + ending,
      `test/${pattern}${ending}`,
    ])
    return globSync(names, { cwd: root }).length === 0
  })
  expect(missing).toEqual([])
})
