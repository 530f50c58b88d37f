import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { restoreCommand, restoreScript } from '@/lib/engines/postgres/recovery/restore-script'
import { tempDir } from '@/test/helpers/temp'
import { waitFor } from '@/test/helpers/wait-for'

const segment = '000000010000000000000003'

describe('the command that the server runs for a file of its log', () => {
  let dir: Awaited<ReturnType<typeof tempDir>>
  let log = ''
  let place = ''

  beforeEach(async () => {
    dir = await tempDir("it's 100 %f")
    log = join(dir.path, 'log')
    place = join(dir.path, 'RECOVERYXLOG')
    mkdirSync(join(log, 'want'), { recursive: true })
    writeFileSync(join(dir.path, 'restore.sh'), restoreScript(log))
  })
  afterEach(() => dir.remove())

  /** As the server makes the line of the setting, and as it reads the exit code. */
  const run = (to = place) => {
    const line = restoreCommand(join(dir.path, 'restore.sh')).replaceAll(
      /%[fp%]/g,
      (each) => ({ '%f': segment, '%p': to })[each] ?? '%',
    )
    const shell = spawn('/bin/sh', ['-c', line], { cwd: dir.path, stdio: 'ignore' })
    return new Promise<number | null>((resolve) => shell.once('exit', resolve))
  }

  it('takes a file that is ready, and says so', async () => {
    writeFileSync(join(log, segment), 'bytes')
    expect(await run()).toBe(0)
    expect(readFileSync(place, 'utf8')).toBe('bytes')
    expect(readdirSync(join(log, 'want'))).toEqual([`${segment}.taken`])
    expect(existsSync(join(log, segment))).toBe(false)
  })

  it('asks for one that is not, and waits', async () => {
    const ended = run()
    await waitFor('the wish', () => existsSync(join(log, 'want', segment)))
    rmSync(join(log, 'want', segment))
    await waitFor('the wish again', () => existsSync(join(log, 'want', segment)))
    writeFileSync(join(log, segment), 'bytes')
    expect(await ended).toBe(0)
  })

  it('says that there is no such file only where that is certain (fact 2)', async () => {
    writeFileSync(join(log, `${segment}.none`), '')
    expect(await run()).toBe(1)
  })

  it.each<[string, () => void]>([
    ['the log cannot be read any more', () => writeFileSync(join(log, 'failed'), '')],
    [
      'an error came before the answer that there is none',
      () => ['failed', `${segment}.none`].forEach((name) => writeFileSync(join(log, name), '')),
    ],
    ['the folder is gone', () => rmSync(log, { recursive: true })],
    ['the folder of wishes is gone', () => rmSync(join(log, 'want'), { recursive: true })],
    ['a shell fails by itself', () => writeFileSync(join(dir.path, 'restore.sh'), 'if')],
    ['the script is gone', () => rmSync(join(dir.path, 'restore.sh'))],
  ])('ends the recovery when %s (fault 50)', async (_, break_) => {
    break_()
    expect(await run()).toBeGreaterThan(125)
  })

  it('ends the recovery when the file cannot be put into its place', async () => {
    writeFileSync(join(log, segment), 'bytes')
    const code = await run(join(dir.path, 'none', 'RECOVERYXLOG'))
    expect(code).toBeGreaterThan(125)
  })
})
