import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { tempDir } from '../helpers/temp'

const root = path.resolve(import.meta.dirname, '../..')

/** What programs wrote where this machine cannot be brought to it quickly; said of npm unless another is named. */
const written: { of?: string; output: string; line: string }[] = [
  {
    output: 'npm error code ENOSPC\nnpm error nospc ENOSPC: no space left on device, write',
    line: 'Step: the disk is full. Free some space and try again.',
  },
  {
    of: 'apt-get',
    output: "E: You don't have enough free space in /var/cache/apt/archives/.",
    line: 'Step: the disk is full. Free some space and try again.',
  },
  {
    output:
      'npm error code EROFS\nnpm error syscall mkdir\nnpm error path /srv/holdfast/node_modules\nnpm error EROFS: read-only file system',
    line: 'Step: /srv/holdfast/node_modules is on a read-only file system. Clone to, and start on, one that can be written.',
  },
  {
    output: 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    line: 'Step: there was not enough memory. Free some memory or add swap, then try again.',
  },
  {
    output:
      'npm error code ENOTFOUND\nnpm error network request to https://registry.npmjs.org/zod failed, reason: getaddrinfo ENOTFOUND registry.npmjs.org',
    line: 'Step: the registry https://registry.npmjs.org cannot be reached (the host name is unknown, ENOTFOUND). Check the network, the proxy and "npm config get registry", then try again.',
  },
  {
    output: 'npm error code E503\nnpm error 503 Service Unavailable - GET https://registry.npmjs.org/zod - down',
    line: 'Step: the registry https://registry.npmjs.org answered 503. Check the network, the proxy and "npm config get registry", then try again.',
  },
  {
    output: 'npm error code ETARGET\nnpm error notarget No matching version found for zod@4.6.7.',
    line: 'Step: the registry does not have zod@4.6.7. Check the network, the proxy and "npm config get registry", then try again. A mirror may lack it.',
  },
  {
    output:
      'npm error code SELF_SIGNED_CERT_IN_CHAIN\nnpm error request to https://registry.npmjs.org/zod failed, reason: self-signed certificate in certificate chain',
    line: 'Step: the certificate of the registry https://registry.npmjs.org is not trusted. If a proxy of yours makes it, name its CA in NODE_EXTRA_CA_CERTS, then try again.',
  },
  {
    of: 'apt-get',
    output:
      "Err:1 http://deb.debian.org/debian bookworm InRelease\n  Temporary failure resolving 'deb.debian.org'\nE: Failed to fetch http://deb.debian.org/debian/x.deb",
    line: 'Step: the server cannot be reached. Check the network, the proxy and /etc/apt/sources.list, then try again.',
  },
  {
    of: 'apt-get',
    output: 'Reading package lists...\nE: Unable to locate package bubblewrap',
    line: 'Step: apt-get does not know the package bubblewrap. Check the network, the proxy and /etc/apt/sources.list, then try again.',
  },
  {
    of: 'apt-get',
    output: "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem.",
    line: 'Step: an earlier installation was interrupted. Run: dpkg --configure -a, then try again.',
  },
  {
    of: 'node',
    output:
      'Error code: P1012\nerror: Error validating: This line is not a valid field or attribute definition.\n  -->  prisma/schema.prisma:20\n   |',
    line: 'Step: prisma/schema.prisma:20: Error validating: This line is not a valid field or attribute definition. "git status" shows what is changed or missing, "git restore ." brings it back; or clone again.',
  },
  {
    of: 'node',
    output:
      "./lib/storage/local/check-place.ts:36:12\nWarning: Dynamic filesystem access\n  35 | if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES'\n\n> Build error occurred\nError: Turbopack build failed with 1 error:\n./app/layout.tsx:42:1\nError: Expression expected\n  40 | }",
    line: 'Step: app/layout.tsx:42: Expression expected. "git status" shows what is changed or missing, "git restore ." brings it back; or clone again.',
  },
  {
    of: 'node',
    output:
      "./lib/storage/local/check-place.ts:36:12\nWarning: Dynamic filesystem access\n  35 | if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES'\n\n> Build error occurred\nError: Failed to collect page data for /setup",
    line: 'Step: Error: Failed to collect page data for /setup. Mend that and try again; if it stays, report it with this file.',
  },
  {
    of: 'bash',
    output: 'starting\nsomething odd\nfatal: the moon is full',
    line: 'Step: fatal: the moon is full. Mend that and try again; if it stays, report it with this file.',
  },
]

/** The lines of failures of programs, as a process of its own makes them. */
function linesOf(failed: { of?: string; output: string }[], temp: string, env: Record<string, string> = {}): string[] {
  const code = `import { failureLine } from './scripts/bootstrap/fail.mjs'; import { StartError } from './scripts/bootstrap/say.mjs'
    const line = ({ of: program = 'npm', output }) => failureLine(new StartError('Step', { cause: Object.assign(new Error(program + ' ended with code 1'), { program, output }) }))
    console.log(JSON.stringify(${JSON.stringify(failed)}.map(line)))`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: root,
    encoding: 'utf8',
    env: { NODE_ENV: 'test', TMPDIR: temp, ...env },
  })
  return z.array(z.string()).parse(JSON.parse(stdout))
}

const keptFile = (line: string) => readFileSync(/ All of it: (\S+)$/.exec(line)?.[1] ?? '', 'utf8')

it('what other programs write is told in plain words', async () => {
  await using dir = await tempDir('bootstrap')
  const lines = linesOf(written, dir.path)
  expect(lines.map((line) => line.replace(/ All of it: \S+$/, ''))).toEqual(written.map(({ line }) => line))
  expect(lines.map(keptFile)).toEqual(written.map(({ of = 'npm', output }) => `${of} ended with code 1\n\n${output}\n`))
})

it('neither the line nor the kept file has a secret of an address or of the environment', async () => {
  await using dir = await tempDir('bootstrap')
  const output = [
    'error fetching https://reader:in-an-address@npm.example.com/zod with in-the-environment',
    '//npm.example.com/:_authToken=in-a-setting',
  ].join('\n')
  const [line = ''] = linesOf([{ output }], dir.path, { HOLDFAST_API_TOKEN: 'in-the-environment' })
  expect(line).toContain('error fetching https://[secret]@npm.example.com/zod with [secret].')
  expect(keptFile(line)).toContain('//npm.example.com/:_authToken=[secret]\n')
  expect(`${line}${keptFile(line)}`).not.toMatch(/in-an-address|in-the-environment|in-a-setting/)
})
