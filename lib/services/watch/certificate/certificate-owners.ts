import { emailConfigSchema } from '@/lib/contracts/alert'
import { s3ConfigSchema } from '@/lib/contracts/destination'
import { postgresConnectionSchema } from '@/lib/contracts/source'
import type { Tx } from '@/lib/db/client'
import type { CertificateTarget } from './read-certificate'

/** Someone whose server shows a certificate. */
export interface CertificateOwner {
  /** `source:<id>`, `destination:<id>` or `channel:<id>`. */
  subjectId: string
  sourceId: string | null
  /** In words. */
  owner: string
  target: CertificateTarget
}

/** Every server that is reached over TLS: databases, S3 endpoints that are not AWS itself, mail servers. */
export async function certificateOwners(tx: Tx): Promise<CertificateOwner[]> {
  const [sources, destinations, channels] = await Promise.all([
    tx.source.findMany({ where: { deletedAt: null, engine: 'postgres' } }),
    tx.destination.findMany({ where: { deletedAt: null, kind: 's3' } }),
    tx.channel.findMany({ where: { deletedAt: null, enabled: true, kind: 'email' } }),
  ])
  return [
    ...sources.flatMap((row): CertificateOwner[] => {
      const parsed = postgresConnectionSchema.safeParse(row.connection)
      if (!parsed.success || parsed.data.ssl === 'disable' || parsed.data.host.startsWith('/')) return []
      const { host, port } = parsed.data
      return [
        {
          subjectId: `source:${row.id}`,
          sourceId: row.id,
          owner: `the source ${row.name}`,
          target: { host, port, greeting: 'postgres' },
        },
      ]
    }),
    ...destinations.flatMap((row): CertificateOwner[] => {
      const endpoint = s3ConfigSchema.safeParse(row.config).data?.endpoint
      if (!endpoint?.startsWith('https://')) return []
      const url = new URL(endpoint)
      return [
        {
          subjectId: `destination:${row.id}`,
          sourceId: null,
          owner: `the destination ${row.name}`,
          target: { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 443), greeting: 'tls' },
        },
      ]
    }),
    ...channels.flatMap((row): CertificateOwner[] => {
      const parsed = emailConfigSchema.safeParse(row.config)
      if (!parsed.success || parsed.data.security === 'none') return []
      const { host, port, security } = parsed.data
      return [
        {
          subjectId: `channel:${row.id}`,
          sourceId: null,
          owner: `the mail server of the channel ${row.name}`,
          target: { host, port, greeting: security === 'tls' ? 'tls' : 'smtp' },
        },
      ]
    }),
  ]
}
