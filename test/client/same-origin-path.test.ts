import { describe, expect, it } from 'vitest'
import { sameOriginPath } from '@/lib/client/same-origin-path'

describe('sameOriginPath', () => {
  it.each([
    ['/admin', '/admin'],
    ['/admin/backups?status=failed', '/admin/backups?status=failed'],
    ['/admin?x=1', '/admin?x=1'],
  ])('keeps %s, a page of Holdfast', (value, path) => {
    expect(sameOriginPath(value)).toBe(path)
  })

  it.each([
    'https://evil.example.org/admin',
    '//evil.example.org/admin',
    '/\\evil.example.org/admin',
    '\\\\evil.example.org/admin',
    'javascript:alert(1)',
    '/admin\t//evil.example.org',
    '/admin/../login',
    '/adminevil',
    '/%2F/evil.example.org',
    '',
  ])('leads to the overview instead of %j', (value) => {
    expect(sameOriginPath(value)).toMatch(/^\/admin(\/|$)/)
    expect(new URL(sameOriginPath(value), 'http://here.example').origin).toBe('http://here.example')
  })

  it('leads to the overview when the address names several or none', () => {
    expect(sameOriginPath(['/admin/audit', '/admin'])).toBe('/admin')
    expect(sameOriginPath(undefined)).toBe('/admin')
  })
})
