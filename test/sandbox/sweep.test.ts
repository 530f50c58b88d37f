import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { claimAgain, claimUser } from '@/lib/sandbox/user'
import { sweepSandboxes } from '@/lib/sandbox/sweep'
import { processesNaming } from '@/test/helpers/processes'
import { makeTestRun } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

const twoHours = 2 * 3_600_000

describe('a sandbox whose worker was killed', () => {
  /** Such as a worker leaves: its own process is gone, what it started may live. */
  const leave = (root: string, identity: object) => {
    const folder = path.join(root, `hf-sandbox-${Math.random().toString(36).slice(2)}`)
    mkdirSync(folder, { recursive: true })
    const marker = {
      ownerPid: 2 ** 22 + 1,
      ownerStarted: '1',
      createdAt: new Date().toISOString(),
      socketFolder: '/none',
    }
    writeFileSync(path.join(folder, 'holdfast-sandbox.json'), JSON.stringify({ ...marker, identity }))
    return folder
  }

  it('is swept away with every process of its user (security 21, fault 106)', async () => {
    await using dir = await tempDir('sweep')
    const claimed = await claimUser()
    claimed.release()
    expect(claimed.kind).toBe('own')
    const word = `left-${process.pid}`
    const args = ['--reuid', String(claimed.uid), '--clear-groups', '--', 'sh', '-c', 'while sleep 1; do :; done', word]
    const left = spawn('setpriv', args, { stdio: 'ignore', detached: true })
    left.unref()
    await expect.poll(() => processesNaming(word).length).toBeGreaterThan(0)
    const folder = leave(dir.path, { kind: 'own', uid: claimed.uid })
    expect(await sweepSandboxes(dir.path, twoHours, makeTestRun())).toEqual([folder])
    expect(processesNaming(word)).toEqual([])
    expect(existsSync(folder)).toBe(false)
  })

  it('never ends processes of a user that is not a sandbox’s, whatever its marker says (security 12)', async () => {
    await using dir = await tempDir('sweep')
    for (const uid of [0, 1, 1000, 65534]) expect(await claimAgain({ kind: 'own', uid })).toBeNull()
    const folder = leave(dir.path, { kind: 'own', uid: 0 })
    expect(await sweepSandboxes(dir.path, twoHours, makeTestRun())).toEqual([folder])
  })

  it('gives its user to no second sandbox while one lives', async () => {
    const claimed = await claimUser()
    expect(await claimAgain(claimed)).toBeNull()
    claimed.release()
    const again = await claimAgain(claimed)
    expect(again?.uid).toBe(claimed.uid)
    again?.release()
  })
})
