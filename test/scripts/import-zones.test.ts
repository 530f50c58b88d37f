import { ESLint } from 'eslint'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
// Type information is not needed to judge imports, and the judged files exist in memory only.
const eslint = new ESLint({
  cwd: root,
  overrideConfig: [
    {
      files: ['**/*.{ts,tsx}'],
      languageOptions: { parserOptions: { projectService: false } },
      rules: {
        '@typescript-eslint/no-floating-promises': 'off',
        '@typescript-eslint/no-misused-promises': 'off',
        '@typescript-eslint/await-thenable': 'off',
      },
    },
  ],
})

async function rulesBroken(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: path.join(root, file) })
  return (
    result?.messages.filter((message) => message.severity === 2).map((message) => message.ruleId ?? message.message) ??
    []
  )
}

const PATHS = 'import-x/no-restricted-paths'
const NAMES = 'no-restricted-imports'
const TYPES = '@typescript-eslint/no-restricted-imports'

test.each([
  ['core does not import ports', 'lib/core/x.ts', '@/lib/ports/vault', PATHS],
  ['contracts do not import ports', 'lib/contracts/x.ts', '../ports/vault', PATHS],
  ['ports do not import services', 'lib/ports/x.ts', '@/lib/services/permit', PATHS],
  ['an engine does not import services', 'lib/engines/postgres/x.ts', '@/lib/services/permit', PATHS],
  ['a store does not import the catalog', 'lib/storage/s3/x.ts', '@/lib/db/client', PATHS],
  ['the catalog does not import services', 'lib/db/x.ts', '@/lib/services/permit', PATHS],
  ['a component does not import services', 'components/x.ts', '@/lib/services/permit', PATHS],
  ['a component does not import ports', 'components/x.ts', '@/lib/ports/vault', PATHS],
  [
    'the screen of a kind does not import that of another',
    'components/destinations/local/x.ts',
    '@/components/destinations/s3/values',
    PATHS,
  ],
  ['browser code does not import the catalog', 'lib/client/x.ts', '@/lib/db/client', PATHS],
  ['a page does not import the catalog', 'app/x.ts', '@/lib/db/client', PATHS],
  ['a page does not import Prisma', 'app/x.ts', '@prisma/client', NAMES],
  ['a route does not import pg', 'app/api/v1/x/route.ts', 'pg', NAMES],
  ['a service does not import Next', 'lib/services/x.ts', 'next/headers', NAMES],
  ['the worker does not import Next', 'worker/x.ts', 'next/server', NAMES],
  ['an engine starts no process by itself', 'lib/engines/postgres/x.ts', 'node:child_process', NAMES],
  ['the web starts no process by itself', 'lib/server/x.ts', 'child_process', NAMES],
  ['the browser does not carry the texts of errors', 'lib/client/x.ts', '@/lib/contracts/error-code', TYPES],
  ['a contract of the browser does not carry them either', 'lib/contracts/x.ts', './errors/access', TYPES],
])('%s', async (_, file, target, rule) => {
  expect(await rulesBroken(file, `import * as it from '${target}'\nexport const used = it\n`)).toContain(rule)
})

test('a type is imported in the same directions', async () => {
  const code = "import type { Vault } from '@/lib/ports/vault'\nexport type Used = Vault\n"
  expect(await rulesBroken('lib/core/x.ts', code)).toContain(PATHS)
})

test.each([
  ['a service imports the catalog', 'lib/services/x.ts', '@/lib/db/client'],
  ['a route imports a service', 'app/api/v1/x/route.ts', '@/lib/services/permit'],
  ['an engine imports its port', 'lib/engines/postgres/x.ts', '@/lib/ports/engine'],
  ['a component imports a contract', 'components/x.ts', '@/lib/contracts/backup'],
  ['the worker imports the catalog', 'worker/x.ts', '@/lib/db/client'],
  ['lib/process starts processes', 'lib/process/x.ts', 'node:child_process'],
])('%s, as the design allows', async (_, file, target) => {
  expect(await rulesBroken(file, `import * as it from '${target}'\nexport const used = it\n`)).toEqual([])
})

test('loose types and directives that silence the linter are errors', async () => {
  const broken = await rulesBroken('lib/core/x.ts', 'export const f = (a: any) => a!.b // eslint-disable-line\n')
  expect(broken).toEqual(
    expect.arrayContaining(['@typescript-eslint/no-explicit-any', '@typescript-eslint/no-non-null-assertion']),
  )
})

test.each([
  ['a screen', 'components/backups/x.tsx', "if (backup.engine === 'postgres') use(backup)"],
  ['a page', 'app/admin/x.tsx', "const kinds = { s3: 1 }\nexport const it = kinds['s3']"],
  ['browser code', 'lib/client/x.ts', "export const isFar = (kind: string) => kind !== 'local'"],
])('%s does not decide by the name of an engine or a kind', async (_, file, code) => {
  expect(await rulesBroken(file, code)).toContain('no-restricted-syntax')
})

test('the folder of an engine knows its name', async () => {
  expect(await rulesBroken('components/engines/postgres/x.ts', "export const name = 'postgres'\n")).toEqual([])
})
