import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { StartError } from './say.mjs'

const WANTED = 24
const major = Number(process.versions.node.split('.')[0])

/** The Node this project runs on: the present one, or the one that came with the packages. */
function findNode(root) {
  if (major >= WANTED) return process.execPath
  const candidates = [`node-${process.platform}-${process.arch}/bin/node`, '.bin/node']
  for (const candidate of candidates.map((name) => path.join(root, 'node_modules', name))) {
    if (existsSync(candidate) && spawnSync(candidate, ['--version']).status === 0) return candidate
  }
  throw new StartError(
    `Holdfast needs Node ${WANTED} or newer; this is ${process.version}. Install it from https://nodejs.org and start again.`,
  )
}

/**
 * Returns when this process already is new enough. Otherwise runs the same script on the newer Node, passes signals on,
 * and ends as it ended. The child holds the other end of a pipe (fd 3): should this process be killed, it notices.
 */
export async function continueOnNode24(root, script) {
  const node = findNode(root)
  if (node === process.execPath) return
  const child = spawn(node, [script, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { ...process.env, HOLDFAST_PARENT_FD: '3' },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
  })
}
