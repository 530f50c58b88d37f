import { describe, expect, it } from 'vitest'
import { readSettings, sandboxLibraries } from '@/worker/settings'

describe('HOLDFAST_SANDBOX_LIBRARIES', () => {
  it.each<[string | undefined, string[]]>([
    [undefined, []],
    ['', []],
    ['/opt/our/lib', ['/opt/our/lib']],
    ['/opt/a:/opt/b:', ['/opt/a', '/opt/b']],
  ])('given as %s shows %j', (given, folders) => {
    expect(sandboxLibraries({ NODE_ENV: 'test', HOLDFAST_SANDBOX_LIBRARIES: given })).toEqual(folders)
  })

  it('that is not absolute keeps the worker from starting, and is named', () => {
    const env = {
      NODE_ENV: 'test' as const,
      DATABASE_URL: 'postgresql://localhost/x',
      HOLDFAST_SANDBOX_LIBRARIES: '/opt/a:lib',
    }
    expect(() => readSettings(env)).toThrow(/HOLDFAST_SANDBOX_LIBRARIES .* one is "lib"/)
  })
})
