import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { freePort } from './ports'
import { testS3 } from './servers'
import { waitFor } from '../wait-for'

/** An S3 server of a test's own over the shared one's disks: it may be killed and started again, its objects stay. */
export interface S3Gateway {
  endpoint: string
  /** Kills the server, as a crash of its machine would. */
  kill(): Promise<void>
  /** Starts it again at the same address. */
  start(): Promise<void>
}

/** Starts a second gateway (radosgw) of the cluster that `npm test` started. */
export async function startS3Gateway(): Promise<S3Gateway> {
  const { root, config } = findCluster(new URL(testS3().endpoint).port)
  const port = await freePort()
  const name = `client.gateway-${port}`
  let server: ChildProcess | null = null

  const start = async () => {
    const settings = {
      'rgw-frontends': `beast endpoint=127.0.0.1:${port}`,
      'rgw-data': `${path.dirname(config)}/rgw-${port}`,
      'rgw-dynamic-resharding': 'false',
      'rgw-crypt-require-ssl': 'false',
      'rgw-enable-lc-threads': 'false',
      'rgw-enable-gc-threads': 'false',
      'ms-mon-client-mode': 'crc',
    }
    const options = Object.entries(settings).map(([key, value]) => `--${key}=${value}`)
    const program = ['radosgw', '-f', '-c', config, '-n', name, ...options]
    const environment = ['env', '-i', 'PATH=/usr/bin:/bin', 'HOME=/tmp', 'LC_ALL=C.UTF-8']
    const child = spawn('chroot', ['--userspec=ceph:ceph', root, ...environment, ...program], { stdio: 'ignore' })
    server = child
    await waitFor('the S3 gateway to listen', () => {
      if (child.exitCode !== null) throw new Error(`The S3 gateway ended at once (${child.exitCode})`)
      return answers(port)
    })
  }
  await start()
  return {
    endpoint: `http://127.0.0.1:${port}`,
    start,
    async kill() {
      const child = server
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** The tree and the configuration of the running gateway with this port. */
function findCluster(port: string): { root: string; config: string } {
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const [program = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      const config = args[args.indexOf('-c') + 1] ?? ''
      if (path.basename(program) !== 'radosgw' || !config.startsWith('/')) continue
      const root = readlinkSync(`/proc/${pid}/root`)
      const file = path.join(root, config)
      if (existsSync(file) && readFileSync(file, 'utf8').includes(`endpoint=127.0.0.1:${port}\n`))
        return { root, config }
    } catch {
      // Processes come and go.
    }
  }
  throw new Error(`No S3 server with the port ${port} runs on this machine: run the tests with npm test`)
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.once('connect', () => (socket.destroy(), resolve(true)))
    socket.once('error', () => resolve(false))
  })
}
