import { engineContract } from '@/lib/contracts/engines/index'
import type { PostgresOptions } from '@/lib/contracts/engines/postgres'
import type { Source } from '@/lib/contracts/source'
import type { SqlAssertion } from '@/lib/contracts/engines/postgres'
import type { SslMode } from '@/lib/core/network/ssl-modes'
import { storedSecretHint } from '@/lib/client/stored-secret-hint'
import { defaultSslMode } from '@/lib/core/network/ssl-modes'
import { copyRuleInputOf, copyRuleValuesOf, emptyCopyRule, type CopyRuleValues } from './copy-rule-values'
import { emptyLoad, loadInputOf, type LoadValues, loadValuesOf } from './load-values'

/** The form as typed: numbers stay text until they are sent. */
export interface SourceValues extends LoadValues, CopyRuleValues {
  name: string
  /** With commas between. */
  tags: string
  host: string
  port: string
  database: string
  user: string
  password: string
  /** Null while nobody chose one: the mode then follows the host. */
  ssl: SslMode | null
  sslRootCert: string
  compression: PostgresOptions['compression']
  compressionLevel: string
  compressionThreads: string
  encryption: PostgresOptions['encryption']
  lockTimeoutSeconds: string
  stallMinutes: string
  lowPriority: boolean
  rateLimitMiB: string
  slowAfterMinutes: string
  rpoHours: string
  rtoMinutes: string
  maxAttempts: string
  assertions: SqlAssertion[]
  /** One on each line. */
  criticalTables: string
  restoreTestHours: string
  acceptUnconfined: boolean
}

export const emptySource: SourceValues = {
  ...emptyLoad,
  ...emptyCopyRule,
  name: '',
  tags: '',
  host: '',
  port: '5432',
  database: '',
  user: '',
  password: '',
  ssl: null,
  sslRootCert: '',
  compression: 'zstd',
  compressionLevel: '2',
  compressionThreads: '1',
  encryption: 'age',
  lockTimeoutSeconds: '30',
  stallMinutes: '',
  lowPriority: false,
  rateLimitMiB: '',
  slowAfterMinutes: '30',
  rpoHours: '24',
  rtoMinutes: '',
  maxAttempts: '3',
  assertions: [],
  criticalTables: '',
  restoreTestHours: '6',
  acceptUnconfined: false,
}

const text = (value: number | undefined, unit: number): string => (value === undefined ? '' : String(value / unit))

export function valuesOfSource({ name, tags, connection, options }: Source): SourceValues {
  return {
    ...emptySource,
    ...loadValuesOf(options),
    ...copyRuleValuesOf(options),
    name,
    tags: tags.join(', '),
    host: connection.host,
    port: String(connection.port),
    database: connection.database,
    user: connection.user,
    ssl: connection.ssl,
    sslRootCert: connection.sslRootCert ?? '',
    compression: options.compression,
    compressionLevel: String(options.compressionLevel),
    compressionThreads: String(options.compressionThreads),
    encryption: options.encryption,
    lockTimeoutSeconds: text(options.lockTimeoutMs, 1_000),
    stallMinutes: text(options.stallTimeoutMs, 60_000),
    lowPriority: options.lowPriority,
    rateLimitMiB: text(options.rateLimitBytesPerSecond, 1_048_576),
    slowAfterMinutes: text(options.slowAfterMs, 60_000),
    rpoHours: text(options.rpoObjectiveMs, 3_600_000),
    rtoMinutes: text(options.rtoObjectiveMs, 60_000),
    maxAttempts: String(options.maxAttempts),
    assertions: options.assertions,
    criticalTables: options.criticalTables.join('\n'),
    restoreTestHours: text(options.restoreTestLimitMs, 3_600_000),
    acceptUnconfined: options.acceptUnconfined,
  }
}

const number = (value: string): number | undefined => (value.trim() === '' ? undefined : Number(value))
const scaled = (value: string, unit: number): number | undefined => {
  const parsed = number(value)
  return parsed === undefined ? undefined : Math.round(parsed * unit)
}

export const sslOf = ({ ssl, host }: Pick<SourceValues, 'ssl' | 'host'>): SslMode => ssl ?? defaultSslMode(host.trim())

/** What is sent. An empty password is left out: a new source has none then, a stored one is kept. */
export function connectionOf(values: SourceValues) {
  return {
    host: values.host,
    port: number(values.port),
    database: values.database,
    user: values.user,
    ssl: sslOf(values),
    ...(values.sslRootCert.trim() ? { sslRootCert: values.sslRootCert } : {}),
    ...(values.password ? { password: values.password } : {}),
  }
}

export function sourceInputOf(values: SourceValues) {
  return {
    name: values.name,
    tags: values.tags
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean),
    engine: 'postgres' as const,
    connection: connectionOf(values),
    options: {
      ...loadInputOf(values),
      copyRule: copyRuleInputOf(values),
      compression: values.compression,
      compressionLevel: number(values.compressionLevel),
      compressionThreads: number(values.compressionThreads),
      encryption: values.encryption,
      lockTimeoutMs: scaled(values.lockTimeoutSeconds, 1_000),
      stallTimeoutMs: scaled(values.stallMinutes, 60_000),
      lowPriority: values.lowPriority,
      rateLimitBytesPerSecond: scaled(values.rateLimitMiB, 1_048_576),
      slowAfterMs: scaled(values.slowAfterMinutes, 60_000),
      rpoObjectiveMs: scaled(values.rpoHours, 3_600_000),
      rtoObjectiveMs: scaled(values.rtoMinutes, 60_000),
      maxAttempts: number(values.maxAttempts),
      assertions: values.assertions,
      criticalTables: values.criticalTables
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean),
      restoreTestLimitMs: scaled(values.restoreTestHours, 3_600_000),
      acceptUnconfined: values.acceptUnconfined,
    },
  }
}

/** Whether the password of a stored source may stay empty with what is typed beside it. */
export function passwordHintOf({ engine, connection, options }: Source, values: SourceValues): string {
  const { password: _password, ...typed } = connectionOf(values)
  const { secretPlace, secrets } = engineContract(engine)
  const after = secretPlace({ connection: typed, options: loadInputOf(values) })
  return storedSecretHint(secrets[0]?.reach, secretPlace({ connection, options }), after)
}

/** What an edit sends: a field that was emptied takes its limit or objective away. */
export function sourcePatchOf(values: SourceValues) {
  const { name, tags, connection, options } = sourceInputOf(values)
  return {
    name,
    tags,
    connection,
    options: {
      ...options,
      rateLimitBytesPerSecond: options.rateLimitBytesPerSecond ?? null,
      parallelism: options.parallelism ?? null,
      stallTimeoutMs: options.stallTimeoutMs ?? null,
      replica: options.replica ?? null,
      copyRule: options.copyRule ?? null,
      rpoObjectiveMs: options.rpoObjectiveMs ?? null,
      rtoObjectiveMs: options.rtoObjectiveMs ?? null,
    },
  }
}
