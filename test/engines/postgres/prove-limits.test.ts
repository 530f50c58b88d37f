import { execFile, spawnSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withConnection } from '@/lib/engines/postgres/connect'
import { sandboxFolders } from '@/lib/engines/postgres/sandbox/folders'
import { type Sandbox, startSandbox } from '@/lib/engines/postgres/sandbox/start'
import { makeTestRun } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

const signal = AbortSignal.timeout(60_000)
const memoryBytes = 700 * 1024 ** 2
const isRoot = process.getuid?.() === 0

describe('the sandbox holds in what is restored', () => {
  let dir: Awaited<ReturnType<typeof tempDir>>
  let sandbox: Sandbox
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
    const plan = { root: dir.path, serverMajor: 15, needBytes: 0, relationCount: 0, memoryBytes }
    sandbox = await startSandbox(plan, makeTestRun())
  })
  afterAll(async () => {
    await sandbox?.stop()
    outside?.close()
    await Promise.all(sandboxFolders(dir.path).map((folder) => rm(folder, { recursive: true, force: true })))
    await dir?.remove()
  })

  const inSandbox = <T>(work: (pid: number, sql: (text: string) => Promise<unknown>) => Promise<T> | T) =>
    withConnection(sandbox.source, signal, async (client) => {
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      return work(rows[0]?.pid ?? 0, (text) => client.query(text))
    })

  it('reaches no network where the system permits to take it away (security 21, fault 87)', async () => {
    const own = isRoot ? ['--net'] : ['--user', '--map-current-user', '--net']
    const permitted = spawnSync('unshare', [...own, 'true']).status === 0
    expect(sandbox.limits.network).toBe(permitted ? 'none' : 'listens on no address')
    const call = `exec 3<>/dev/tcp/127.0.0.1/${port}`
    await promisify(execFile)('bash', ['-c', call])
    await expect.poll(() => calls).toBe(1)
    await inSandbox(async (pid, sql) => {
      const network = readlinkSync(`/proc/${pid}/ns/net`)
      expect(network === readlinkSync('/proc/self/ns/net')).toBe(!permitted)
      await sql('CREATE TABLE said (line text)')
      const calling = sql(`COPY said FROM PROGRAM 'bash -c "${call}"'`)
      if (permitted) await expect(calling).rejects.toThrow('failed')
      else await calling
    })
    expect(calls).toBe(permitted ? 1 : 2)
  })

  it('takes no more memory than it may, and outlives the attempt (security 21)', async () => {
    expect(sandbox.limits.memoryBytes).toBe(memoryBytes)
    await inSandbox(async (pid, sql) => {
      const limits = readFileSync(`/proc/${pid}/limits`, 'utf8')
      expect(limits).toMatch(new RegExp(`Max address space +${memoryBytes} +${memoryBytes}`))
      await expect(sql(`SELECT length(repeat('x', 900000000))`)).rejects.toThrow('out of memory')
      await expect(sql('SELECT 1')).resolves.toBeTruthy()
    })
  })

  it('is no one in particular (security 21)', async () => {
    await inSandbox((pid) => {
      const uids = /^Uid:\s+(\d+)\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
      expect(Number(uids?.[1])).not.toBe(0)
      expect(uids?.[1]).toBe(uids?.[2])
    })
  })
})
