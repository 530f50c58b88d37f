import type { PostgresOptions } from '@/lib/contracts/engines/postgres'

/** What a backup may ask of its server, as typed. Empty: chosen by Holdfast. */
export interface LoadValues {
  gentle: boolean
  fullSpeed: boolean
  parallelism: string
  maxConnections: string
  replicaHost: string
  replicaPort: string
}

export const emptyLoad: LoadValues = {
  gentle: false,
  fullSpeed: false,
  parallelism: '',
  maxConnections: '8',
  replicaHost: '',
  replicaPort: '5432',
}

export function loadValuesOf({ gentle, fullSpeed, parallelism, maxConnections, replica }: PostgresOptions): LoadValues {
  return {
    gentle,
    fullSpeed,
    parallelism: parallelism === undefined ? '' : String(parallelism),
    maxConnections: String(maxConnections),
    replicaHost: replica?.host ?? '',
    replicaPort: String(replica?.port ?? emptyLoad.replicaPort),
  }
}

const number = (value: string): number | undefined => (value.trim() === '' ? undefined : Number(value))

export function loadInputOf(values: LoadValues) {
  const host = values.replicaHost.trim()
  return {
    gentle: values.gentle,
    fullSpeed: !values.gentle && values.fullSpeed,
    parallelism: number(values.parallelism),
    maxConnections: number(values.maxConnections),
    replica: host === '' ? undefined : { host, port: number(values.replicaPort) },
  }
}
