import type { KindScreen } from '../kind-screen'
import { S3Fields } from './fields'
import { noBucket, s3ConfigOf, s3ValuesOf, type S3Values } from './values'

export const s3Screen: KindScreen<S3Values> = {
  empty: noBucket,
  valuesOf: s3ValuesOf,
  configOf: s3ConfigOf,
  Fields: S3Fields,
}
