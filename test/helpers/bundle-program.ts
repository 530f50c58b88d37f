import { build } from 'esbuild'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')

/** Bundles a program of the fixtures with all that it imports, so that it runs where nothing else of the repository is to be seen. */
export async function bundleProgram(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [path.join(root, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    tsconfig: path.join(root, 'tsconfig.json'),
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" },
  })
}
