import { build } from 'esbuild'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')

/** Bundles the command line into `outfile`, as the product does. */
export async function buildCli(outfile: string): Promise<void> {
  await build({
    entryPoints: [path.join(root, 'worker/cli.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    packages: 'external',
    absWorkingDir: root,
    logLevel: 'error',
  })
}
