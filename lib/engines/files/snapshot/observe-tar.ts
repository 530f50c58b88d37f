import { Transform, type TransformCallback } from 'node:stream'
import { extract, type Header } from 'tar-stream'
import { z } from 'zod'
import type { PlacedExtent } from '../index/entry'
import { ContentHash } from './sparse-map'
import { TarExtents } from './tar-extents'

/** What an archive holds of one entry: as it was read, which may differ from what was found before. */
export interface Stored {
  type: string
  size: number
  mtime: bigint
  mode: number
  uid: number
  gid: number
  /** What a link leads to. */
  target: string | null
  /** Of what a file holds; null for everything else. */
  sha256: string | null
  /** Where it lies in the archive. */
  extent: PlacedExtent
}

/** Lets an archive through, and reports each entry in it once it has passed. Fails on bytes that are no archive. */
export class ObserveTar extends Transform {
  private readonly reader = extract()
  private readonly ended: Promise<void>
  /** Of entries whose headers have passed. */
  private readonly extents: PlacedExtent[] = []
  private readonly places = new TarExtents((extent) => this.extents.push(extent))

  constructor(private readonly options: { onEntry(stored: Stored): void; beforeEnd?: () => Promise<void> }) {
    super()
    this.ended = new Promise((resolve, reject) => {
      this.reader.on('entry', (header, body, next) => {
        const sparse = realSizeOf(header)
        const isFile = header.type === 'file' || header.type === 'contiguous-file'
        const hash = isFile ? new ContentHash(sparse) : null
        body.on('data', (chunk) => hash?.update(asBytes(chunk)))
        body.on('error', reject)
        body.on('end', () => {
          const extent = this.extents.shift()
          if (!extent) return reject(new SyntaxError('an entry of the archive has no place in it'))
          this.options.onEntry({ ...storedOf(header, hash?.digest() ?? null), extent })
          next()
        })
      })
      this.reader.on('finish', () => resolve())
      this.reader.on('error', reject)
    })
    this.ended.catch((error: Error) => this.destroy(error))
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    const passOn = () => callback(null, chunk)
    try {
      this.places.write(chunk)
    } catch (error) {
      return callback(error instanceof Error ? error : new Error(String(error)))
    }
    if (this.reader.write(chunk)) passOn()
    else this.reader.once('drain', passOn)
  }

  override _flush(callback: TransformCallback): void {
    this.reader.end(undefined)
    this.ended
      .then(() => this.options.beforeEnd?.())
      .then(
        () => callback(),
        (error: Error) => callback(error),
      )
  }
}

const paxOf = (header: Header): Partial<Record<string, string>> =>
  z.record(z.string(), z.string()).catch({}).parse(header.pax)

/** Of a sparse file; null for one that is stored as it is. */
function realSizeOf(header: Header): number | null {
  const size = paxOf(header)['GNU.sparse.realsize']
  return size === undefined ? null : Number(size)
}

function asBytes(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk
  throw new TypeError('tar-stream gives buffers')
}

function storedOf(header: Header, sha256: string | null): Omit<Stored, 'extent'> {
  const pax = paxOf(header)
  return {
    type: header.type ?? 'file',
    size: realSizeOf(header) ?? header.size ?? 0,
    mtime: nanoseconds(pax['mtime']) ?? BigInt(header.mtime?.getTime() ?? 0) * 1_000_000n,
    mode: (header.mode ?? 0) & 0o7777,
    uid: header.uid ?? 0,
    gid: header.gid ?? 0,
    target: header.linkname ?? null,
    sha256,
  }
}

/** Of seconds in decimal, as pax writes them. */
function nanoseconds(seconds: string | undefined): bigint | null {
  const match = seconds === undefined ? null : /^(-?)(\d+)(?:\.(\d{1,9})\d*)?$/.exec(seconds)
  if (!match) return null
  const [, sign = '', whole = '0', fraction = ''] = match
  const value = BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))
  return sign ? -value : value
}
