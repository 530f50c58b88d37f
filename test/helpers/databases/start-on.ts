import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort } from '../servers/ports'

/** Starts a server in a data directory as people do, as the owner of its files. */
export async function startServerOn(
  directory: string,
  bin: string,
): Promise<{ socketDir: string; port: number; stop(): void }> {
  const { uid, gid } = statSync(directory)
  const socketDir = mkdtempSync(path.join(tmpdir(), 'hf-on-'))
  chownSync(socketDir, uid, gid)
  chmodSync(socketDir, 0o755)
  const port = await freePort()
  const ctl = (...args: string[]) =>
    execFileSync(path.join(bin, 'pg_ctl'), ['-D', directory, '-w', ...args], {
      ...(process.getuid?.() === 0 ? { uid, gid } : {}),
      ...{ cwd: '/', stdio: 'ignore' },
    })
  ctl('-l', path.join(socketDir, 'log'), '-o', `-p ${port} -k ${socketDir} -c listen_addresses=`, 'start')
  return {
    ...{ socketDir, port },
    stop() {
      ctl('-m', 'fast', 'stop')
      rmSync(socketDir, { recursive: true, force: true })
    },
  }
}
