import { ownSource } from '../own-source'
import type { SqlAssertion } from '@/lib/contracts/engines/common'
import type { PostgresOptions } from '@/lib/contracts/engines/postgres'
import type { Source } from '@/lib/contracts/source'
import { defaultSslMode, type SslMode } from '@/lib/core/network/ssl-modes'

export interface PostgresConnectionValues {
  host: string
  port: number | null
  database: string
  user: string
  password: string
  /** Empty while nobody chose one: the mode then follows the host. */
  ssl: SslMode | ''
  sslRootCert: string
}

export interface PostgresOptionValues {
  fullSpeed: boolean
  /** Null: chosen by Holdfast. */
  parallelism: number | null
  maxConnections: number | null
  longestChain: number | null
  /** Without a host there is none. */
  replica: { host: string; port: number | null }
  lockTimeoutMs: number | null
  stallTimeoutMs: number | null
  assertions: SqlAssertion[]
  criticalTables: string[]
}

/** What the fields of this folder see of the form; `gentle` is an option of every source. */
export interface PostgresForm {
  connection: PostgresConnectionValues
  options: PostgresOptionValues & { gentle: boolean }
}

export const emptyPostgres: { connection: PostgresConnectionValues; options: PostgresOptionValues } = {
  connection: { host: '', port: 5432, database: '', user: '', password: '', ssl: '', sslRootCert: '' },
  options: {
    fullSpeed: false,
    parallelism: null,
    maxConnections: 8,
    longestChain: 6,
    replica: { host: '', port: 5432 },
    lockTimeoutMs: 30_000,
    stallTimeoutMs: null,
    assertions: [],
    criticalTables: [],
  },
}

export function postgresValuesOf(source: Source) {
  const { connection, options } = ownSource(source, 'postgres')
  const { hasPassword: _, sslRootCert = '', ...where } = connection
  return { connection: { ...where, sslRootCert, password: '' }, options: optionValuesOf(options) }
}

function optionValuesOf(options: PostgresOptions): PostgresOptionValues {
  const { fullSpeed, parallelism = null, maxConnections, longestChain, lockTimeoutMs, stallTimeoutMs = null } = options
  const { replica = emptyPostgres.options.replica, assertions, criticalTables } = options
  return {
    fullSpeed,
    parallelism,
    maxConnections,
    longestChain,
    replica,
    lockTimeoutMs,
    stallTimeoutMs,
    assertions,
    criticalTables,
  }
}

export const sslOf = ({ ssl, host }: Pick<PostgresConnectionValues, 'ssl' | 'host'>): SslMode =>
  ssl || defaultSslMode(host.trim())

export function postgresConnectionOf(values: PostgresConnectionValues) {
  return {
    host: values.host,
    port: values.port ?? undefined,
    database: values.database,
    user: values.user,
    ssl: sslOf(values),
    ...(values.sslRootCert.trim() ? { sslRootCert: values.sslRootCert } : {}),
    ...(values.password ? { password: values.password } : {}),
  }
}

export function postgresOptionsOf({ gentle, ...values }: PostgresForm['options']) {
  const host = values.replica.host.trim()
  return {
    fullSpeed: !gentle && values.fullSpeed,
    parallelism: values.parallelism ?? undefined,
    maxConnections: values.maxConnections ?? undefined,
    longestChain: values.longestChain ?? undefined,
    replica: host === '' ? undefined : { host, port: values.replica.port ?? undefined },
    lockTimeoutMs: values.lockTimeoutMs ?? undefined,
    stallTimeoutMs: values.stallTimeoutMs ?? undefined,
    assertions: values.assertions,
    criticalTables: values.criticalTables,
  }
}
