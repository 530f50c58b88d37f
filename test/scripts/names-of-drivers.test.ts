import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { engineContracts } from '@/lib/contracts/engines/index'
import { destinationKinds } from '@/lib/contracts/destinations/index'
import { backupKinds } from '@/lib/contracts/backup-kind'

const root = path.resolve(import.meta.dirname, '../..')

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
    const files = execFileSync('git', ['ls-files', 'lib', 'worker', 'components', 'app'], {
      cwd: root,
      encoding: 'utf8',
    })
      .split('\n')
      .filter((file) => /\.tsx?$/.test(file) && !home.test(file) && !lists.includes(file))
    const found = files.flatMap((file) =>
      readFileSync(path.join(root, file), 'utf8')
        .split('\n')
        .flatMap((line, index) => (quoted.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
    )
    expect(found).toEqual([])
  })
})
