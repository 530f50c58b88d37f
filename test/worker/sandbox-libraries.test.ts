import { mkdir, symlink } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSettings, sandboxLibraries } from '@/worker/settings'
import { tempDir } from '../helpers/temp'

describe('HOLDFAST_SANDBOX_LIBRARIES', () => {
  let dir: Awaited<ReturnType<typeof tempDir>>

  beforeAll(async () => {
    dir = await tempDir('libraries')
    for (const name of ['one', 'two', 'home/keys']) await mkdir(path.join(dir.path, name), { recursive: true })
    await symlink(path.join(dir.path, 'home'), path.join(dir.path, 'link'))
  })
  afterAll(() => dir.remove())

  /** `@` stands for the folder of this test. */
  const environment = (given: string | undefined): NodeJS.ProcessEnv => ({
    NODE_ENV: 'test',
    DATABASE_URL: 'postgresql://localhost/x',
    HOLDFAST_HOME: path.join(dir.path, 'home'),
    HOLDFAST_SANDBOX_LIBRARIES: given?.replaceAll('@', dir.path),
  })

  it.each<[string | undefined, string[]]>([
    [undefined, []],
    ['', []],
    ['@/one', ['one']],
    ['@/one:@/two:', ['one', 'two']],
  ])('given as %s shows %j', (given, folders) => {
    expect(sandboxLibraries(environment(given))).toEqual(folders.map((name) => path.join(dir.path, name)))
  })

  it.each<[string, RegExp]>([
    ['@/one:two', /"two", which is not an absolute path/],
    ['@/three', /three", which does not exist/],
    ['/', /"\/", which would show the data folder/],
    ['@', /which would show the data folder/],
    ['@/home', /which would show the data folder/],
    ['@/home/keys', /which would show the data folder/],
    ['@/one:@/link', /link", which would show the data folder/],
  ])('given as %s keeps the worker from starting, and says why (security 20)', (given, why) => {
    expect(() => readSettings(environment(given))).toThrow(why)
  })
})
