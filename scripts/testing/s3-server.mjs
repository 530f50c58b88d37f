import { homedir } from 'node:os'
import path from 'node:path'
import { run } from '../bootstrap/run.mjs'
import { say, StartError } from '../bootstrap/say.mjs'

/** A real S3 server (Ceph) in a Debian tree of its own, kept in the cache folder over runs. Needs root. */
export async function startS3Server(root) {
  const script = path.join(root, 'scripts/servers/ceph-s3.sh')
  const cache = process.env.HOLDFAST_TEST_CACHE || path.join(homedir(), '.cache/holdfast-test')
  const tree = path.join(cache, 'ceph-s3')
  const instance = `run${process.pid}`
  const timer = setTimeout(() => say('Installing the S3 server (Ceph, about a minute, once)'), 3_000)
  await run('bash', [script, 'install', tree])
    .catch(notStarted)
    .finally(() => clearTimeout(timer))
  const stop = () => run('bash', [script, 'stop', tree, instance])
  let output
  try {
    output = await run('bash', [script, 'start', tree, instance])
  } catch (error) {
    await stop().catch(() => undefined)
    notStarted(error)
  }
  const facts = Object.fromEntries(
    [...output.matchAll(/(S3_ENDPOINT|AK|SK)=(\S+)/g)].map(([, name, value]) => [name, value]),
  )
  return {
    environment: {
      HOLDFAST_TEST_S3_ENDPOINT: facts.S3_ENDPOINT,
      HOLDFAST_TEST_S3_ACCESS_KEY: facts.AK,
      HOLDFAST_TEST_S3_SECRET_KEY: facts.SK,
    },
    stop,
  }
}

function notStarted(cause) {
  throw new StartError('The S3 server for the tests (Ceph) could not be started', { cause })
}
