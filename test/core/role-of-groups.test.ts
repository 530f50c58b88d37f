import { describe, expect, it } from 'vitest'
import { roleOfGroups } from '@/lib/core/access/role-of-groups'

const roleByGroup = { staff: 'viewer', 'on call': 'operator', dba: 'admin' } as const

describe('the role that groups give', () => {
  it.each([
    [['staff'], null, 'viewer'],
    [['dba', 'staff'], null, 'admin'],
    [['staff', 'on call'], null, 'operator'],
    ['staff', null, 'viewer'],
    ['on call', null, 'operator'],
    // One text is one group, whatever is in it (security 14).
    ['staff,dba', null, null],
    ['staff dba', 'viewer', 'viewer'],
    ['dba\n', null, null],
    [['others'], null, null],
    [['others'], 'viewer', 'viewer'],
    [undefined, null, null],
    [undefined, 'operator', 'operator'],
    [[{ name: 'dba' }, 7, null], null, null],
    // Names that every object answers to are no groups.
    [['constructor', '__proto__', 'toString'], null, null],
    ['', null, null],
  ] as const)('of %j with the default %j is %j', (groups, defaultRole, expected) => {
    expect(roleOfGroups(groups, { roleByGroup, defaultRole })).toBe(expected)
  })

  it('is never lowered by another group, nor by the default', () => {
    expect(roleOfGroups(['staff', 'dba'], { roleByGroup, defaultRole: 'viewer' })).toBe('admin')
    expect(roleOfGroups(['staff'], { roleByGroup, defaultRole: 'admin' })).toBe('viewer')
  })
})
