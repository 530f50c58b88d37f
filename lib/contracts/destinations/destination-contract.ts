import type { z } from 'zod'
import type { CertificateTarget } from '../certificate-target'
import type { StoredSecret } from '../stored-secret'

/** An address that a destination is reached at. */
export interface DestinationAddress {
  /** Where it is entered: `config.endpoint`. */
  field: string
  /** An http or https URL. */
  url: string
}

/** A class of storage as the store names it. */
export interface StorageClass {
  name: string
  /** Its objects must be brought back, which takes hours, before they can be read. */
  archive: boolean
}

/** What is given of a place beside its address. */
export interface PlaceOptions {
  endpoint?: string | undefined
  region?: string | undefined
}

/**
 * What everything outside a driver's folder knows of a kind of destination: how its config looks, which secrets it has, and
 * what makes it another place. Pure, and used by browser, API, CLI and worker.
 */
export interface DestinationContract {
  /** What people call one: "S3 bucket". */
  title: string
  /** As it is stored; without secrets. */
  config: z.ZodObject
  /** The same as it is entered; stricter. */
  enteredConfig: z.ZodObject
  secrets: readonly StoredSecret[]
  /** Fields that say where the objects lie: changing one loses sight of what is stored there. */
  placeFields: readonly string[]
  /** Where one is, in one line for people: `s3://backups/shop`. Without secrets. */
  place(config: unknown): string
  /** The config of a place as `place` writes it; null where it is another kind's, or none. */
  readPlace?(place: string, options: PlaceOptions): object | null
  /** Addresses that a request may not choose freely. */
  addresses(config: unknown): DestinationAddress[]
  /** `near`: on the worker's machine, so it is read from first. */
  distance: 'near' | 'far'
  /** The server whose certificate is watched; null: there is none, or its operator watches it. */
  certificate(config: unknown): CertificateTarget | null
  /** The folder of this machine that it writes to; null where it writes elsewhere. */
  localFolder(config: unknown): string | null
  /**
   * Classes that objects can be moved to as they grow old, from the quickest to the coldest; none where there is only one. A
   * class that is not listed counts as quick.
   */
  storageClasses: readonly StorageClass[]
  /** Whether the store can be given rules that abort stale uploads, expire objects and move them by age. */
  lifecycle: boolean
  /** What the probe finds out about the store's own protection against deletion and overwriting. */
  protection: readonly ('versioning' | 'object-lock')[]
  /** The storage class that new objects go to, as prices name it. */
  defaultClass(config: unknown): string
}
