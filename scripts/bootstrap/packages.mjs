import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { hashFiles } from './hash-files.mjs'
import { run } from './run.mjs'
import { say, StartError } from './say.mjs'

/**
 * Installs the npm packages when they are missing or the lock changed. The marker is written last, so an interrupted
 * install is repeated. `npm install` rather than `npm ci`: a mirror without packages for other systems makes `npm ci`
 * refuse a lock that is right for this one, and `npm install` leaves the lock as it is.
 */
export async function ensurePackages(root) {
  const marker = path.join(root, 'node_modules/.holdfast-lock')
  const want = hashFiles(root, ['package-lock.json'])
  if (existsSync(marker) && readFileSync(marker, 'utf8') === want) return
  refuseBroken(root)
  say('Installing packages (about a minute the first time)')
  await run('npm', ['install', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env: { ...process.env, NODE_ENV: '' },
  }).catch((cause) => {
    throw new StartError('The packages could not be installed (npm install)', { cause })
  })
  writeFileSync(marker, hashFiles(root, ['package-lock.json']))
}

/** npm takes other versions when the lock is missing or broken, and removes a file that is in its way: both silently. */
function refuseBroken(root) {
  const folder = path.join(root, 'node_modules')
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw new StartError(`${folder} is not a folder. Remove it and try again.`)
  }
  try {
    JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const cause = Object.assign(error, { code: 'EJSONPARSE', path: 'package-lock.json' })
    throw new StartError('The packages could not be installed', { cause })
  }
}
