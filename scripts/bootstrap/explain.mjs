// Why a step of the bootstrap failed and what to do, in plain words: one table for all steps and programs.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { StartError } from './say.mjs'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const RESTORE = '"git status" shows what is changed or missing, "git restore ." brings it back; or clone again.'
const NETWORK = {
  npm: 'Check the network, the proxy and "npm config get registry", then try again.',
  'apt-get': 'Check the network, the proxy and /etc/apt/sources.list, then try again.',
}
const UNREACHED = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was closed',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name cannot be looked up',
  ETIMEDOUT: 'no answer',
}

/** In this order: what a failure shows (code, message, the program's output), then how it is explained: why, what to do. */
const KINDS = [
  // Errors in sources first, as esbuild, next and prisma tell them: what surrounds them may hold any of the words below.
  [/^(\S+?):(\d+):\d+: ERROR: (.+)$/m, inSource],
  [/^\.\/([^\s:]+\.\w+):(\d+):\d+\n(?!Warning:)(?:Error: )?(.+)$/m, inSource],
  [/error: (.+)\n\s*-->\s+(\S+):(\d+)/, ([, what, file, line]) => inSource([, file, line, what])],
  [
    /ENOSPC|EDQUOT|No space left on device|os error 28\b|Disk quota exceeded|have enough free space/i,
    () => ['the disk is full', 'Free some space and try again.'],
  ],
  [
    /heap out of memory|ENOMEM|Cannot allocate memory|ended with SIGKILL/i,
    () => ['there was not enough memory', 'Free some memory or add swap, then try again.'],
  ],
  [
    /spawn(?:Sync)? (\S+) (?:ENOENT|EACCES)|^(?:.*: )?([\w.-]+): command not found$/m,
    ([, spawned, called = spawned]) => [
      `the program ${called} cannot be run`,
      `Install ${/^np[mx]$/.test(called) ? 'Node 24 with npm from https://nodejs.org' : 'it'}, or mend PATH, then try again.`,
    ],
  ],
  [
    /EROFS|Read-only file system|os error 30\b/i,
    (_, { place }) => [`${place} is on a read-only file system`, 'Clone to, and start on, one that can be written.'],
  ],
  [
    // The same words about a schema or a table are a database's.
    /EACCES|EPERM|Permission denied(?! for)|Operation not permitted/i,
    (_, { place }) => [
      `this user may not write or read ${place}`,
      'Give it to this user (chown -R), or clone to a folder of its own.',
    ],
  ],
  [
    /Cannot find (?:package|module) '(?:[^']*node_modules\/)?((?:@[^/']+\/)?[^/'.][^/']*)[^']*'/,
    ([, name]) => [`the package ${name} is missing`, 'Remove the folder node_modules and try again.'],
  ],
  [
    /Cannot find module '([^']+)'|ENOENT[^'\n]*'([^']+)'/,
    ([, module, file = module]) => [
      `the file ${file} is missing`,
      file.startsWith(ROOT) || !path.isAbsolute(file) ? RESTORE : 'Put it back and try again.',
    ],
  ],
  [
    /ENOTDIR|EEXIST|EISDIR/,
    (_, { place }) => [
      `${place} is not what it should be (a file for a folder, or a folder for a file)`,
      'Move it away and try again.',
    ],
  ],
  [
    /code E404\b[^]*? '([^']+)' (?:could not be found|is not in this registry)/,
    ([, name], { registry }) => [`${registry} does not have ${name}`, `${NETWORK.npm} A mirror may lack it.`],
  ],
  [
    /No matching version found for (\S+?)\.?$/m,
    ([, name], { registry }) => [`${registry} does not have ${name}`, `${NETWORK.npm} A mirror may lack it.`],
  ],
  [/code (E40[0-9]|E429|E5\d\d)\b/, ([, code], { registry }) => [`${registry} answered ${code.slice(1)}`, NETWORK.npm]],
  [
    /code (?:EINTEGRITY|ESHASUM)\b/,
    () => [
      'a package is not the one that package-lock.json names',
      'Something between here and the registry changed it: run "npm cache clean --force", check the proxy, then try again.',
    ],
  ],
  [/EJSONPARSE/, (_, { place }) => [`${place} is broken`, RESTORE]],
  [
    /Unable to locate package (\S+)|Package '?(\S+?)'? has no installation candidate/,
    ([, unknown, name = unknown]) => [`apt-get does not know the package ${name}`, NETWORK['apt-get']],
  ],
  [
    /dpkg was interrupted/,
    () => ['an earlier installation was interrupted', 'Run: dpkg --configure -a, then try again.'],
  ],
  [
    /SELF_SIGNED_CERT|UNABLE_TO_(?:VERIFY|GET_ISSUER)|CERT_HAS_EXPIRED|ERR_TLS_CERT|certificate verification failed/i,
    (_, { registry, program }) => [
      `the certificate of ${registry} is not trusted`,
      program === 'npm'
        ? 'If a proxy of yours makes it, name its CA in NODE_EXTRA_CA_CERTS, then try again.'
        : 'If a proxy of yours makes it, add its CA to this system, then try again.',
    ],
  ],
  [
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ERR_SOCKET_TIMEOUT|EIDLETIMEOUT)\b|Could not resolve|resolving '|Could not connect|Failed to fetch|Connection (?:timed out|refused)/i,
    ([, code], { registry, program }) => [
      `${registry} cannot be reached${code ? ` (${UNREACHED[code] ?? 'no answer'}, ${code})` : ''}`,
      NETWORK[program] ?? 'Check the network and the proxy, then try again.',
    ],
  ],
]

function inSource([, file, line, what]) {
  return [`${file}:${line}: ${what}`, RESTORE]
}

/** What of the text the tellings need. */
function factsOf(text, error) {
  const place =
    error.path ??
    (/^npm \S+ path (.+)$/m.exec(text) ??
      /'(\/[^']+)'/.exec(text) ??
      /(\/[^\s:'"]+)["']?:? (?:\([^)]*)?(?:permission denied|read-only|operation not)/i.exec(text) ??
      [])[1]
  const url = /(?:request to |(?:GET|HEAD) )(https?:\/\/[^\s/]+)/.exec(text)?.[1]?.replace(/\/\/.*@/, '//')
  const registry = url ? `the registry ${url}` : error.program === 'npm' ? 'the registry' : 'the server'
  return { place: place ?? 'a file', registry, program: error.program }
}

/** All that the program wrote but the warnings of next about other things, which come before its error. */
const wordsOf = (error) => (error.output ?? '').replace(/^[^]*> Build error occurred\n/, '')

/** The line of a program's output that says most when no kind fits. */
function telling(error) {
  const lines = wordsOf(error)
    .split('\n')
    .filter((line) => /\S/.test(line) && !/^\s+at /.test(line))
  return lines.find((line) => /^E: |error|fatal|cannot|could not|failed/i.test(line)) ?? lines.at(-1) ?? error.message
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1).replace(/[.\s]*$/, '.')

function kindOf(error) {
  const output = wordsOf(error)
  const text = [error.code && `code ${error.code}`, error.message, output].filter(Boolean).join('\n')
  for (const [shows, tell] of KINDS) {
    const match = shows.exec(text)
    if (match) return tell(match, factsOf(text, error))
  }
  return null
}

/** One sentence or more on one line: what happened, why, and what to do. */
export function explain(error) {
  const known = error?.name === 'StartError' || error?.name === 'HoldfastError'
  if (known && !(error instanceof StartError && error.cause)) {
    if (/ENOSPC|No space left on device/i.test(error.message)) return kindOf(error).map(sentence).join(' ')
    const remedy = error.name === 'StartError' ? '' : (error.remedy ?? 'Mend that and try again.')
    return `${error.message} ${remedy}`.trim()
  }
  const cause = error instanceof StartError ? error.cause : error
  const step = error instanceof StartError ? `${error.message}: ` : ''
  if (cause?.name === 'StartError' || cause?.name === 'HoldfastError') return step + explain(cause)
  const told = kindOf(Object(cause))
  if (told) return `${sentence(step + told[0])} ${told[1]}`
  const what = step || cause?.program ? step + telling(cause) : `Something unexpected: ${cause?.message ?? cause}`
  return `${sentence(what)} Mend that and try again; if it stays, report it with this file.`
}
