import path from 'node:path'
import manifest from '@/package.json'

/** What a process knows about itself without the catalog. */
export function instanceFacts(): { version: string; home: string } {
  return { version: manifest.version, home: path.resolve(process.env['HOLDFAST_HOME'] ?? '.holdfast') }
}
