import type { ComponentType, ReactNode } from 'react'
import type { LucideIcon } from 'lucide-react'
import type { DownloadForm } from '@/lib/contracts/backup'
import type { RestoreTestLevel } from '@/lib/contracts/schedule'
import type { Inspection, Source } from '@/lib/contracts/source'

/** Where a source is, in parts: tables and choices show them differently. Without secrets. */
export interface SourceWhere {
  /** What is read there: the name of a database, a file. */
  what: string
  /** The server that it is read from, or that restores go to: `db1:5432`. */
  server: string
  /** Who reads it; null where nobody signs in. */
  account: string | null
}

/** A fact beside its name; null: not known. */
export interface Fact {
  name: string
  value: ReactNode
}

/**
 * What the screens know of one engine beyond its contract; the rest of them asks nobody's name. Fields of forms are named by
 * the contract's paths: `connection.host`, `options.lockTimeoutMs`, `target.database`.
 */
export interface EngineScreen<
  Connection extends object = object,
  Options extends object = object,
  Target extends object = object,
> {
  Icon: LucideIcon
  /** Beside the fields of the connection: how a source is reached. */
  connectionNote: string
  /** `connection` of the form of a new source and its own part of `options`, as typed: empty text, null for numbers. */
  empty: { connection: Connection; options: Options }
  /** The same of a stored source of this engine; secrets are empty. */
  valuesOf(source: Source): { connection: Connection; options: Options }
  /** What is sent. A secret that is empty is left out: a new source has none then, a stored one is kept. */
  connectionOf(values: Connection): Record<string, unknown>
  /** Its own options as they are sent; those that are empty are left out. `values` has those of every source besides. */
  optionsOf(values: Options): Record<string, unknown>
  /** Names of the secrets that are stored for a source. */
  storedSecrets(source: Source): readonly string[]
  ConnectionFields: ComponentType<ConnectionFieldsProps>
  /** Below the test of a connection: what an administrator prepares on the server. */
  SetupHelp?: ComponentType<{ source?: Source }>
  /** What can be taken instead of what a test refused; `retry` tests again with what was put into the form. */
  Offers?: ComponentType<{ inspection: Inspection; retry: () => void }>
  /** Sections of the form after the options of every source. */
  OptionsFields?: ComponentType
  /** More limits, in the part that is closed until someone opens it. */
  LimitFields?: ComponentType
  /** What restore tests ask of the data beyond what they compare anyway. */
  ProofFields?: ComponentType
  /** Beside them: what is compared in any case. */
  proofNote: string
  where(source: Source): SourceWhere
  /** Of a stored source, for its card. */
  facts(source: Source): Fact[]
  /** Of a connection test that found the source. */
  inspectionFacts(inspection: Inspection): Fact[]
  /** What a passed restore test shows, by itself and in full sentences. */
  proves: Record<RestoreTestLevel, string>
  /** Forms in which a backup can be downloaded, besides as it is stored. */
  downloads: readonly DownloadChoice[]
  restore: RestoreScreen<Target>
  /** Where its log can be followed: what people call the points of it, and how a recovered server is started. */
  recovery?: RecoveryWords
}

export interface ConnectionFieldsProps {
  /** By the names of the secrets that are stored: whether the field may stay empty. */
  secretHints: Readonly<Record<string, string>>
}

export interface DownloadChoice {
  form: DownloadForm
  label: string
  /** Which tool reads it. */
  note: string
  Icon: LucideIcon
}

export interface RecoveryWords {
  /** A place in its log, as one names it: `{ label: 'A position in the log (LSN)', hint, example: '0/3000148' }`. */
  position: PointWords
  transaction: PointWords
  /** What is done with a folder that was handed over, to paste into a shell. */
  startCommand(folder: string): string
  /** Who runs it, and with which programs. */
  startNote: string
}

export interface PointWords {
  label: string
  hint: string
  example: string
}

/** Where a backup is restored to, besides the source whose server is used. */
export interface RestoreScreen<Target extends object = object> {
  title: string
  /** What becomes of what is there already. */
  description: string
  /** `target` of the form, as typed. */
  empty: Target
  targetOf(values: Target): Record<string, unknown>
  /** What is wrong that the contract does not know, by path. */
  wrongOf?(values: Target): Readonly<Record<string, string>>
  Fields: ComponentType
  /** What a restore does on the server of `target`. */
  Note: ComponentType<{ target: Source }>
}
