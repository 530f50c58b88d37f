import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir } from '../temp'

export interface KeyPair {
  key: string
  cert: string
}

/** A certificate authority of its own, and certificates for names (`DNS:a`, `IP:1.2.3.4`) that it signs. */
export async function makeAuthority(): Promise<
  { ca: string; sign(names: string[], days?: number): KeyPair } & AsyncDisposable
> {
  const dir = await tempDir('authority')
  const at = (name: string) => join(dir.path, name)
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' })
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl(
    'req',
    '-x509',
    ...curve,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.crt'),
    '-days',
    '2',
    '-subj',
    '/CN=Test authority',
  )
  let count = 0
  return {
    ca: readFileSync(at('ca.crt'), 'utf8'),
    sign(names, days = 2) {
      const name = `leaf-${++count}`
      const [key, request, cert, extensions] = [
        at(`${name}.key`),
        at(`${name}.csr`),
        at(`${name}.crt`),
        at(`${name}.ext`),
      ]
      writeFileSync(extensions, `subjectAltName=${names.join(',')}\n`)
      openssl('req', ...curve, '-keyout', key, '-out', request, '-subj', '/CN=server')
      const signer = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial']
      openssl('x509', '-req', '-in', request, ...signer, '-out', cert, '-days', String(days), '-extfile', extensions)
      return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
    },
    [Symbol.asyncDispose]: () => dir.remove(),
  }
}
