import type { Destination } from '@/lib/contracts/destination'

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Where a destination is, in one line. */
export function destinationPlace({ kind, config }: Pick<Destination, 'kind' | 'config'>): string {
  if (kind === 'local') return text(config['path'])
  const prefix = text(config['prefix'])
  return `s3://${text(config['bucket'])}${prefix ? `/${prefix}` : ''}`
}

export const kindWords = { local: 'Local folder', s3: 'S3 bucket' } as const
