import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The path of one of Holdfast's programs that run as processes of their own: `npm start` bundles all of them beside each other into dist/
 * (scripts/bootstrap/build.mjs). Throws an Error where nobody did.
 */
export function ownProgram(name: string): string {
  const file = `${name}.mjs`
  // From sources, and from a bundle elsewhere in the checkout, dist/ is the one at its root.
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const found = [join(folder, file), join(folder, 'dist', file)].find((path) => existsSync(path))
    if (found !== undefined) return found
    if (existsSync(join(folder, 'package.json')) || folder === dirname(folder))
      throw new Error(`dist/${file} is missing: npm start makes it`)
  }
}
