import type { CertificateTarget } from '@/lib/contracts/certificate-target'
import { destinationContract } from '@/lib/contracts/destinations/index'
import { engineContract } from '@/lib/contracts/engines/index'
import { emailConfigSchema } from '@/lib/contracts/alerting/alert'
import type { Tx } from '@/lib/db/client'

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
    tx.source.findMany({ where: { deletedAt: null } }),
    tx.destination.findMany({ where: { deletedAt: null } }),
    tx.channel.findMany({ where: { deletedAt: null, enabled: true, kind: 'email' } }),
  ])
  return [
    ...sources.flatMap((row): CertificateOwner[] => {
      const target = engineContract(row.engine).certificate(row.connection)
      return target
        ? [{ subjectId: `source:${row.id}`, sourceId: row.id, owner: `the source ${row.name}`, target }]
        : []
    }),
    ...destinations.flatMap((row): CertificateOwner[] => {
      const target = destinationContract(row.kind).certificate(row.config)
      const subject = { subjectId: `destination:${row.id}`, sourceId: null, owner: `the destination ${row.name}` }
      return target ? [{ ...subject, target }] : []
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
