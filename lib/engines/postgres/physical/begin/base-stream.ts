import type { Client } from 'pg'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { classifyQueryError, errorCode, errorText } from '@/lib/engines/postgres/classify-error'
import { type BaseArchive, BaseCopy, type BasePosition } from './base-copy'
import { PageDamage } from './page-damage'
import { PartStream } from './part-stream'
import { type BaseShare, planBaseParts } from './plan-base-parts'
import { BaseSplitter } from './split-base'

/** What the server has announced, before the first byte of it is read. */
export interface BaseOpened {
  start: BasePosition
  tablespaces: (BaseArchive & { oid: string })[]
  parts: { share: BaseShare; stream: PartStream }[]
  manifest: PartStream
}

export interface BaseCompleted {
  /** Where the log ends that makes the backup consistent. */
  end: BasePosition
  /** That the server's list names; null: its version names none. */
  systemIdentifier: string | null
}

/** Texts of the server beside those about pages. */
const mostWarnings = 20

/**
 * A base backup as it comes over a replication connection: held back by the socket while nobody reads the part that it is at. The
 * first failure, of the server, of a reader or of a comparison, fails all parts and ends the connection, and with it the server's
 * backup.
 */
export class BaseStream {
  readonly warnings: string[] = []
  damage = new PageDamage()
  splitter: BaseSplitter | null = null
  private start: BasePosition | null = null
  private end: BasePosition | null = null
  private streams: PartStream[] = []
  private manifest: PartStream | null = null
  private readonly held = new Set<PartStream>()
  private readonly opening = Promise.withResolvers<BaseOpened>()
  private readonly completing = Promise.withResolvers<BaseCompleted>()
  private over = false

  constructor(
    private readonly client: Client,
    command: string,
    /** What a failure of the server means; may ask it. */
    private readonly explain: (error: unknown) => Promise<Error>,
  ) {
    this.opening.promise.catch(() => undefined)
    this.completing.promise.catch(() => undefined)
    client.on('notice', ({ code, message }) => this.hearNotice(code, message))
    const copy = new BaseCopy(command, {
      onStart: (position) => (this.start = position),
      onArchives: (archives) => this.open(archives),
      onArchive: (oid) => this.whileGoing((splitter) => splitter.beginArchive(oid)),
      onManifest: () => this.whileGoing((splitter) => splitter.beginManifest()),
      onData: (bytes) => this.whileGoing((splitter) => splitter.give(bytes)),
      onEnd: (position) => (this.end = position),
      onReady: () => this.complete(),
      onError: (error) => this.hearError(error),
    })
    client.query(copy)
  }

  /** Resolves when the server has begun, which a spread checkpoint delays by minutes. */
  get opened(): Promise<BaseOpened> {
    return this.opening.promise
  }

  /** Resolves when everything has come and was compared with the server's list. */
  get completed(): Promise<BaseCompleted> {
    return this.completing.promise
  }

  /** Ends the backup on the server too, unless it is complete. */
  fail(error: Error): void {
    if (this.over) return
    this.over = true
    // The server notices it when it sends, and is not waited for.
    this.client.connection.stream.destroy()
    this.opening.reject(error)
    this.completing.reject(error)
    for (const stream of this.streams) stream.fail(error)
  }

  private open(archives: BaseArchive[]): void {
    const { start } = this
    if (!start) throw new HoldfastError('source-failed', 'The server did not say where its log is.')
    const tablespaces = archives.flatMap(({ oid, ...rest }) => (oid === null ? [] : [{ oid, ...rest }]))
    this.damage = new PageDamage(tablespaces.map(({ oid, location }) => ({ oid, location: location ?? '' })))
    const parts = planBaseParts(archives).map((share) => ({ share, stream: this.newStream() }))
    const manifest = this.newStream()
    this.manifest = manifest
    const split = parts.map(({ share, stream }) => ({
      oid: share.archive.oid,
      fullAtBytes: share.fullAtBytes,
      sink: this.sinkOf(stream, () => stream.accept()),
    }))
    this.splitter = new BaseSplitter(
      split,
      this.sinkOf(manifest, () => undefined),
    )
    this.opening.resolve({ start, tablespaces, parts, manifest })
  }

  private newStream(): PartStream {
    const stream: PartStream = new PartStream({
      onWanted: () => this.release(stream),
      onLeft: (error) => this.fail(error),
    })
    // Those who read it hear of it as well; one that nobody reads must not end this process.
    stream.on('error', () => undefined)
    this.streams.push(stream)
    return stream
  }

  private sinkOf(stream: PartStream, onFinished: () => void) {
    return {
      give: (bytes: Buffer) => {
        if (!stream.give(bytes)) this.hold(stream)
      },
      finish: () => {
        stream.finish()
        this.release(stream)
        onFinished()
      },
    }
  }

  private hold(stream: PartStream): void {
    this.held.add(stream)
    this.client.connection.stream.pause()
  }

  private release(stream: PartStream): void {
    if (this.held.delete(stream) && this.held.size === 0) this.client.connection.stream.resume()
  }

  /** What was already on its way when it failed is passed over. */
  private whileGoing(work: (splitter: BaseSplitter) => void): void {
    if (!this.over && this.splitter) work(this.splitter)
  }

  private hearNotice(code: string | undefined, message: string | undefined): void {
    // Class 01 is a warning, in whichever language its severity is named.
    if (code?.startsWith('01') !== true || message === undefined || this.damage.hear(message)) return
    if (this.warnings.length < mostWarnings) this.warnings.push(errorText(new Error(message)))
  }

  /**
   * A server that found damaged pages ends in an error, after everything was sent: archives, manifest and position. The backup is
   * as good as the cluster is, and there may be no better one.
   */
  private hearError(error: unknown): void {
    if (errorCode(error) === 'XX001' && this.end !== null) return this.complete()
    if (this.over) return
    this.client.connection.stream.pause()
    this.explain(error).then(
      (explained) => this.fail(explained),
      () => this.fail(classifyQueryError(error)),
    )
  }

  private complete(): void {
    const { end, manifest, splitter } = this
    if (this.over) return
    try {
      if (!end || !manifest || !splitter) throw new HoldfastError('source-failed', 'The base backup ended too early.')
      const { systemIdentifier } = splitter.finish()
      this.over = true
      manifest.accept()
      this.completing.resolve({ end, systemIdentifier })
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)))
    }
  }
}
