import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
const read = (name: string) => readFileSync(path.join(root, name))

describe('what is served as it is', () => {
  it('keeps search engines away', () => {
    expect(read('public/robots.txt').toString()).toMatch(/^User-agent: \*\nDisallow: \/$/m)
  })

  it('has the icons that every page names, each of its kind', () => {
    const named = [
      ...read('app/layout.tsx')
        .toString()
        .matchAll(/'\/([\w-]+\.(?:ico|svg|png))'/g),
    ].map(([, name]) => name)
    const begins: Record<string, string> = { ico: '00000100', svg: '3c737667', png: '89504e47' }
    expect(named.sort()).toEqual(['apple-touch-icon.png', 'favicon.ico', 'icon.svg'])
    for (const name of named) {
      expect(read(`public/${name}`).subarray(0, 4).toString('hex')).toBe(begins[path.extname(String(name)).slice(1)])
    }
  })
})

it('the licence that package.json names lies beside it, whole', () => {
  const { license }: { license: string } = JSON.parse(read('package.json').toString())
  const text = read('LICENSE').toString()
  expect(license).toBe('Apache-2.0')
  expect(text).toMatch(/^\s*Apache License\s+Version 2\.0, January 2004/)
  expect(text.trimEnd()).toMatch(/limitations under the License\.$/)
})
