import { execFile, spawnSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withConnection } from '@/lib/engines/postgres/connect/connect'
import { type SandboxServer, startSandbox } from '@/lib/engines/postgres/sandbox/start'
import { sandboxFolders } from '@/lib/sandbox/folders'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

const signal = AbortSignal.timeout(60_000)
const memoryBytes = 700 * 1024 ** 2
const isRoot = process.getuid?.() === 0

describe('the sandbox holds in what is restored', () => {
  let dir: Awaited<ReturnType<typeof tempDir>>
  let sandbox: SandboxServer
  let outside: Server
  let port = 0
  let calls = 0

  beforeAll(async () => {
    dir = await tempDir('limits')
    outside = createServer((socket) => {
      calls += 1
      socket.destroy()
    })
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve))
    const address = outside.address()
    port = typeof address === 'object' && address ? address.port : 0
    const plan = { root: dir.path, serverMajor: 15, needBytes: 0, relationCount: 0, keepOut: nothing, memoryBytes }
    sandbox = await startSandbox(plan, makeTestRun())
  })
  afterAll(async () => {
    await sandbox?.stop()
    outside?.close()
    await Promise.all(sandboxFolders(dir.path).map((folder) => rm(folder, { recursive: true, force: true })))
    await dir?.remove()
  })

  const inSandbox = <T>(work: (sql: (text: string) => Promise<string[]>) => Promise<T>) =>
    withConnection(sandbox.source, signal, (client) =>
      work(async (text) => (await client.query<{ line: string }>(text)).rows.map((row) => row.line)),
    )
  /** What a program prints that the server starts: with its user, its limits and its namespaces. */
  const printed = async (sql: (text: string) => Promise<string[]>, command: string) => {
    await sql('DROP TABLE IF EXISTS said')
    await sql('CREATE TABLE said (line text)')
    await sql(`COPY said FROM PROGRAM '${command}' (DELIMITER E'\\x01')`)
    return sql('SELECT line FROM said')
  }

  it('reaches no network where the system permits to take it away (security 21, fault 87)', async () => {
    const own = isRoot ? ['--net'] : ['--user', '--map-current-user', '--net']
    const permitted = spawnSync('unshare', [...own, 'true']).status === 0
    const call = `exec 3<>/dev/tcp/127.0.0.1/${port}`
    await promisify(execFile)('bash', ['-c', call])
    await expect.poll(() => calls).toBe(1)
    await inSandbox(async (sql) => {
      const [network] = await printed(sql, 'readlink /proc/self/ns/net')
      expect(network === readlinkSync('/proc/self/ns/net')).toBe(!permitted)
      await expect(printed(sql, `bash -c "${call}"`)).rejects.toThrow('failed')
    })
    expect(sandbox.confinement.report.network).toBe('none')
    expect(calls).toBe(1)
  })

  it('takes no more memory, files and processes than it may, and outlives the attempt (security 21)', async () => {
    const { limits } = sandbox.confinement.report
    expect(limits.memoryBytes).toBe(memoryBytes)
    await inSandbox(async (sql) => {
      const found = (await printed(sql, 'cat /proc/self/limits')).join('\n')
      expect(found).toMatch(new RegExp(`Max address space +${memoryBytes} +${memoryBytes}`))
      expect(found).toMatch(new RegExp(`Max processes +${limits.processes} +${limits.processes}`))
      expect(found).toMatch(new RegExp(`Max open files +${limits.openFiles} +${limits.openFiles}`))
      expect(found).toMatch(new RegExp(`Max file size +${limits.diskBytes} +${limits.diskBytes}`))
      await expect(sql(`SELECT length(repeat('x', 900000000))::text AS line`)).rejects.toThrow('out of memory')
      const many = 'i=0; while [ $i -lt 400 ]; do sleep 30 & i=$((i+1)); done 2>/dev/null; ls -d /proc/[0-9]* | wc -l'
      const [processes] = await printed(sql, many).catch(() => ['0'])
      expect(Number(processes)).toBeLessThanOrEqual(limits.processes)
      await printed(sql, 'pkill sleep; true')
      await expect(sql(`SELECT 'alive' AS line`)).resolves.toEqual(['alive'])
    })
  })

  it('dumps no core, as its memory is what is restored (security 31)', async () => {
    await inSandbox(async (sql) => {
      expect((await printed(sql, 'cat /proc/self/limits')).join('\n')).toMatch(/Max core file size +0 +0/)
    })
  })

  it('is no one in particular, owns nothing else and can become nobody else (security 12, 21)', async () => {
    await inSandbox(async (sql) => {
      const status = (await printed(sql, 'cat /proc/self/status')).join('\n')
      const [, real, effective] = /^Uid:\s+(\d+)\s+(\d+)/m.exec(status) ?? []
      expect(Number(real)).not.toBe(0)
      expect(real).toBe(effective)
      if (isRoot) expect(readFileSync('/etc/passwd', 'utf8')).not.toMatch(new RegExp(`^[^:]*:[^:]*:${real}:`, 'm'))
      expect(status).toMatch(/^NoNewPrivs:\s+1/m)
      expect(status).toMatch(/^CapEff:\s+0+$/m)
    })
  })
})
