import { describe, expect, it } from 'vitest'
import { gradeConfinement, type ProbeFindings } from '@/lib/core/sandbox/grade-confinement'

const all = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts']
const best: ProbeFindings = {
  reached: [],
  tried: 7,
  network: false,
  processesSeen: 0,
  namespaces: all,
  noNewPrivileges: true,
  withoutCapabilities: true,
}

describe('what a confinement is worth (security 12, 21)', () => {
  const rows: [name: string, found: Partial<ProbeFindings>, ownUser: boolean, grade: string, reason?: string][] = [
    ['everything of its own', {}, true, 'isolated'],
    ['everything but the user, in namespaces', {}, false, 'isolated'],
    ['root needs no user namespace', { namespaces: all.filter((name) => name !== 'user') }, true, 'isolated'],
    ['a user alone', { namespaces: [], processesSeen: 40 }, true, 'own-user'],
    ['a user alone with the network', { namespaces: [], processesSeen: 40, network: true }, true, 'own-user'],
    ['namespaces that leak the network', { network: true }, true, 'own-user'],
    ['namespaces in which others are seen', { processesSeen: 1 }, true, 'own-user'],
    ['a key that it can read', { reached: ['the file /keys/master-key'] }, true, 'none', '/keys/master-key'],
    ['the worker’s user alone', { namespaces: [] }, false, 'none', 'the user of the worker'],
    ['the worker’s user with its files', { namespaces: ['pid', 'user'] }, false, 'none', 'the user of the worker'],
    ['the worker’s user with its processes', { namespaces: ['mnt', 'user'] }, false, 'none', 'the user of the worker'],
    ['privileges to be gained', { noNewPrivileges: false }, true, 'none', 'gain privileges'],
    ['privileges', { withoutCapabilities: false }, true, 'none', 'system administrator'],
  ]
  it.each(rows)('%s', (_name, found, ownUser, grade, reason) => {
    const graded = gradeConfinement({ ...best, ...found }, ownUser)
    expect(graded.grade).toBe(grade)
    if (reason === undefined) expect(graded.reasons).toEqual([])
    else expect(graded.reasons.join('; ')).toContain(reason)
  })
})
