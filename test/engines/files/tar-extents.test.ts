import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PlacedExtent } from '@/lib/engines/files/index/entry'
import { TarExtents } from '@/lib/engines/files/snapshot/tar-extents'
import { nastyTree } from '@/test/helpers/engines/files'

const blockBytes = 512

function extentsOf(archive: Buffer, piece: number): PlacedExtent[] {
  const found: PlacedExtent[] = []
  const extents = new TarExtents((extent) => found.push(extent))
  for (let at = 0; at < archive.length; at += piece) extents.write(archive.subarray(at, at + piece))
  return found
}

describe('where the entries of an archive lie', () => {
  let base: string
  beforeEach(async () => {
    base = await mkdtemp(path.join(tmpdir(), 'hf-extents-'))
  })
  afterEach(() => rm(base, { recursive: true, force: true }))
  const shell = (script: string) => execFileSync('bash', ['-ec', script], { cwd: base, maxBuffer: 1 << 28 })

  it.each([1, 511, 512, 513, 65_536])('is where tar finds them, in pieces of %i bytes', (piece) => {
    shell('mkdir tree')
    nastyTree(path.join(base, 'tree'))
    shell(`tar -C tree --format=posix --sparse --xattrs '--xattrs-include=*' --acls -cf all.tar .`)
    const archive = shell('cat all.tar')
    const listing = shell('tar -tf all.tar --block-number --quoting-style=c').toString('latin1')
    const blocks = [...listing.matchAll(/^block (\d+): (.*)$/gm)].map(([, block]) => Number(block))
    const extents = extentsOf(archive, piece)
    // A listing tells where the last header of an entry is, and then of the zeros behind the last entry.
    expect(listing).toMatch(/Block of NULs/)
    expect(extents.map(({ block, headBlocks }) => block + headBlocks - 1)).toEqual(blocks.slice(0, -1))
    const nexts = [...extents.slice(1).map(({ block }) => block), blocks.at(-1)]
    expect(extents.map((each) => each.block + each.blocks)).toEqual(nexts)
    for (const { block, headBlocks, headSha256 } of extents) {
      const head = archive.subarray(block * blockBytes, (block + headBlocks) * blockBytes)
      expect(createHash('sha256').update(head).digest('hex')).toBe(headSha256)
    }
  })

  it.each(['posix', 'gnu'])('is right for a file that octal digits are too few for, in the format %s', (format) => {
    const script = `truncate -s 9G large; { tar --format=${format} -cf - large || true; } | head -c 4096`
    const [extent] = extentsOf(shell(script), 4_096)
    expect(extent?.blocks).toBe((extent?.headBlocks ?? 0) + (9 * 2 ** 30) / blockBytes)
  })

  it('is refused for what is no archive', () => {
    expect(() => extentsOf(Buffer.alloc(blockBytes, 'x'), blockBytes)).toThrow(SyntaxError)
    const pax = shell(`touch f; setfattr -n user.a -v b f; tar --format=posix --xattrs -cf - f`)
    pax.write('zz', blockBytes)
    expect(() => extentsOf(pax, blockBytes)).toThrow(SyntaxError)
  })
})
