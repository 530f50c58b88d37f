import type { Destination } from '@/lib/contracts/destination'
import { destinationContracts, type DestinationKind } from '@/lib/contracts/destinations/index'
import { storedSecretHint } from '@/lib/client/stored-secret-hint'
import { emptyPlace, placeInputOf, placeValuesOf, type PlaceValues } from './place-values'

/** The form as typed. */
export interface DestinationValues extends PlaceValues {
  name: string
  kind: DestinationKind
  path: string
  endpoint: string
  region: string
  bucket: string
  prefix: string
  forcePathStyle: boolean
  accessKeyId: string
  secretAccessKey: string
  storageClass: string
  serverSideEncryption: '' | 'AES256' | 'aws:kms'
  kmsKeyId: string
  lifecycleSafetyNet: boolean
  safetyNetDays: string
}

export const emptyDestination: DestinationValues = {
  ...emptyPlace,
  name: '',
  kind: 's3',
  path: '',
  endpoint: '',
  region: 'us-east-1',
  bucket: '',
  prefix: '',
  forcePathStyle: false,
  accessKeyId: '',
  secretAccessKey: '',
  storageClass: '',
  serverSideEncryption: '',
  kmsKeyId: '',
  lifecycleSafetyNet: true,
  safetyNetDays: '400',
}

export function valuesOfDestination({ name, kind, config, options }: Destination): DestinationValues {
  const text = (field: keyof DestinationValues) =>
    typeof config[field] === 'string' || typeof config[field] === 'number' ? String(config[field]) : ''
  const encryption = config['serverSideEncryption']
  return {
    ...emptyDestination,
    ...placeValuesOf(options),
    name,
    kind,
    path: text('path'),
    endpoint: text('endpoint'),
    region: text('region') || emptyDestination.region,
    bucket: text('bucket'),
    prefix: text('prefix'),
    forcePathStyle: config['forcePathStyle'] === true,
    accessKeyId: text('accessKeyId'),
    storageClass: text('storageClass'),
    serverSideEncryption: encryption === 'AES256' || encryption === 'aws:kms' ? encryption : '',
    kmsKeyId: text('kmsKeyId'),
    lifecycleSafetyNet: config['lifecycleSafetyNet'] !== false,
    safetyNetDays: text('safetyNetDays') || emptyDestination.safetyNetDays,
  }
}

const given = (value: string): string | undefined => value.trim() || undefined

/** What is sent; empty fields are left out, so that an empty secret keeps the stored one. */
export function destinationInputOf(values: DestinationValues) {
  const options = placeInputOf(values)
  if (values.kind === 'local') {
    return { name: values.name, kind: values.kind, config: { path: values.path.trim() }, options }
  }
  return {
    name: values.name,
    kind: values.kind,
    options,
    config: {
      endpoint: given(values.endpoint),
      region: given(values.region),
      bucket: values.bucket.trim(),
      prefix: values.prefix.trim(),
      forcePathStyle: values.forcePathStyle,
      accessKeyId: given(values.accessKeyId),
      secretAccessKey: given(values.secretAccessKey),
      storageClass: given(values.storageClass),
      serverSideEncryption: values.serverSideEncryption || undefined,
      kmsKeyId: values.serverSideEncryption === 'aws:kms' ? given(values.kmsKeyId) : undefined,
      lifecycleSafetyNet: values.lifecycleSafetyNet,
      safetyNetDays: Number(values.safetyNetDays),
    },
  }
}

/** What an edit sends: a field that was emptied takes its limit away. */
export function destinationPatchOf(values: DestinationValues) {
  const { name, config, options } = destinationInputOf(values)
  return {
    name,
    config,
    options: {
      ...options,
      site: options.site ?? null,
      capacityBytes: options.capacityBytes ?? null,
      monthlyBudget: options.monthlyBudget ?? null,
    },
  }
}

/** Whether the secret of a stored destination may stay empty with what is typed beside it. */
export const secretHintOf = ({ kind, config }: Destination, values: DestinationValues): string =>
  storedSecretHint(destinationContracts[kind].secrets[0]?.reach, config, destinationPatchOf(values).config)
