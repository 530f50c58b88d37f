import next from 'eslint-config-next/core-web-vitals'
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript'
import importX from 'eslint-plugin-import-x'
import { existsSync, readdirSync } from 'node:fs'
import tseslint from 'typescript-eslint'

// The directions of docs/design.md, section 3. A room may import itself and what is listed; everything else is an error.
const ADAPTERS = [
  'engines',
  'sandbox',
  'storage',
  'cipher',
  'key-providers',
  'pipeline',
  'process',
  'vault',
  'notify',
  'db',
]
const BASE = ['lib/core', 'lib/contracts', 'lib/ports', 'lib/network']
const MAY_IMPORT = {
  'lib/core': ['lib/contracts'],
  'lib/contracts': ['lib/core'],
  'lib/ports': ['lib/core', 'lib/contracts'],
  // Outgoing connections that refuse the machine's own and metadata addresses; all code that connects uses them.
  'lib/network': ['lib/core'],
  // Tools are run in one way only, so adapters that need one import lib/process; no adapter imports another's driver.
  // Places on the worker's machine: new ones that nothing is in yet, and scratch folders.
  'lib/places': ['lib/core'],
  'lib/engines': [...BASE, 'lib/process', 'lib/sandbox', 'lib/places'],
  'lib/sandbox': [...BASE, 'lib/process'],
  'lib/storage': [...BASE],
  'lib/pipeline': [...BASE, 'lib/process'],
  'lib/process': [...BASE],
  // Stages like the pipeline's, which knows no format: it is handed a cipher's stages.
  'lib/cipher': [...BASE, 'lib/pipeline'],
  'lib/key-providers': [...BASE],
  'lib/vault': [...BASE, 'lib/key-providers'],
  'lib/notify': [...BASE],
  'lib/db': [...BASE],
  // Engines, storage and notifiers reach services through ServiceContext; streams, ciphers and keys are libraries to them.
  'lib/services': [...BASE, 'lib/db', 'lib/pipeline', 'lib/cipher', 'lib/vault'],
  'lib/server': [...BASE, ...ADAPTERS.map((name) => `lib/${name}`), 'lib/services'],
  'lib/client': ['lib/core', 'lib/contracts'],
  components: ['lib/core', 'lib/contracts', 'lib/client'],
  app: ['lib/core', 'lib/contracts', 'lib/ports', 'lib/services', 'lib/server', 'lib/client', 'components'],
  worker: [...BASE, ...ADAPTERS.map((name) => `lib/${name}`), 'lib/services'],
}
const ROOMS = Object.keys(MAY_IMPORT)

/** What drivers of a family share lies beside them in folders of its own. */
const drivers = (folder) =>
  readdirSync(new URL(folder, import.meta.url)).filter((name) =>
    ['driver.ts', 'engine.ts', 'cipher.ts', 'provider.ts', 'screen.ts', 'screen.tsx'].some((file) =>
      existsSync(new URL(`${folder}/${name}/${file}`, import.meta.url)),
    ),
  )

/** Rooms that may not be imported, and siblings: drivers of one family never import each other. */
function zones() {
  const between = ROOMS.flatMap((room) =>
    ROOMS.filter((other) => other !== room && !MAY_IMPORT[room].includes(other)).map((other) => ({
      target: `./${room}`,
      from: `./${other}`,
      message: `${room} may not import ${other} (docs/design.md, section 3).`,
    })),
  )
  const siblings = [
    'lib/engines',
    'lib/storage',
    'lib/notify',
    'lib/cipher',
    'lib/key-providers',
    'components/engines',
    'components/destinations',
  ].flatMap((family) =>
    drivers(`./${family}`).flatMap((driver, _, all) =>
      all
        .filter((other) => other !== driver)
        .map((other) => ({
          target: `./${family}/${driver}`,
          from: `./${family}/${other}`,
          message: 'Drivers never import one another.',
        })),
    ),
  )
  return [...between, ...siblings]
}

const NO_CHILD_PROCESS = {
  regex: '^(node:)?child_process$',
  message: 'Run tools through lib/process: it ends process groups and keeps secrets out of errors.',
}
const NO_NEXT = { regex: '^next(-auth)?(/|$)', message: 'Next belongs to app, components, lib/server and lib/client.' }
const NO_PRISMA = {
  regex: '^@prisma/|/lib/db(/|$)|^pg$',
  message: 'Pages and routes call services; only they touch the catalog.',
}
const NO_ERROR_TEXTS = {
  regex: '(^|/)(error-code|errors/[\\w-]+)$',
  allowTypeImports: true,
  message:
    'Import the types of error codes only: their texts are for the documentation and do not belong into the browser.',
}
/** A second engine or store adds its folder and a line in the registry; no screen outside decides by a name. */
const NO_DRIVER_NAMES = {
  selector: 'Literal[value=/^(postgres|mysql|sqlite|redis|files|local|s3|sftp|azure|gcs)$/]',
  message: 'Ask the contract or the screen of the engine or of the kind; only its own folder knows its name.',
}
const restrict = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] })

export default tseslint.config(
  {
    ignores: [
      '.next/**',
      '.holdfast/**',
      'dist/**',
      'node_modules/**',
      'lib/db/generated/**',
      'next-env.d.ts',
      'bench/.data/**',
    ],
  },
  ...next,
  {
    files: ['**/*.{ts,tsx,mjs}'],
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ project: 'tsconfig.json' })] },
    rules: {
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones: zones() }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      eqeqeq: ['error', 'always'],
      'no-console': 'off',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { attributes: false, arguments: false } },
      ],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },
  {
    // After signing in or out and after set-up the whole page is loaded anew, so that no state of another user is left.
    files: ['components/**/*.tsx', 'lib/client/**/*.ts'],
    rules: { '@next/next/no-location-assign-relative-destination': 'off' },
  },
  {
    files: ['components/**/*.{ts,tsx}', 'lib/{client,contracts,core}/**/*.ts'],
    ignores: ['lib/contracts/error-code.ts', 'lib/contracts/errors/*.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [NO_ERROR_TEXTS] }] },
  },
  { files: ['lib/**/*.ts', 'worker/**/*.ts'], rules: restrict(NO_CHILD_PROCESS, NO_NEXT) },
  { files: ['lib/server/**/*.{ts,tsx}'], rules: restrict(NO_CHILD_PROCESS) },
  { files: ['lib/process/**/*.ts'], rules: restrict(NO_NEXT) },
  { files: ['lib/client/**/*.{ts,tsx}', 'components/**/*.{ts,tsx}'], rules: restrict(NO_CHILD_PROCESS, NO_PRISMA) },
  {
    files: ['{app,components,lib/client}/**/*.{ts,tsx}'],
    ignores: ['components/engines/*/**', 'components/destinations/*/**'],
    rules: { 'no-restricted-syntax': ['error', NO_DRIVER_NAMES] },
  },
  { files: ['app/**/*.{ts,tsx}', 'proxy.ts'], rules: restrict(NO_CHILD_PROCESS, NO_PRISMA) },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'off' } },
)
