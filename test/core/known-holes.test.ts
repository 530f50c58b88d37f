import { expect, it } from 'vitest'
import { mendedVersion } from '@/lib/core/known-holes'

it.each([
  ['18.4', null],
  ['18.3', '18.4'],
  ['18.0', '18.4'],
  ['18beta1', '18.4'],
  ['17.10', null],
  ['17.9', '17.10'],
  ['17.2 (Debian 17.2-1)', '17.10'],
  ['16.14', null],
  ['16.13', '16.14'],
  ['16.2', '16.14'],
  ['15.18', null],
  ['15.19', null],
  ['15.17', '15.18'],
  ['15.1', '15.18'],
  // Without updates: whatever their minor version is.
  ['14.23', '15.18'],
  ['13.0', '15.18'],
  ['9.6.24', '15.18'],
  // Not known yet, or not to be read.
  ['19.0', null],
  ['19devel', null],
  ['', null],
  ['unknown', null],
])('a client of version %j is to be updated to %j (security 13)', (version, mended) => {
  expect(mendedVersion(version)).toBe(mended)
})
