const all =
  'Check the key and its permissions: Holdfast needs PutObject, GetObject, DeleteObject, ListBucket, AbortMultipartUpload and ListBucketMultipartUploads'

/** S3's permissions by the operation that asks for them, where the names differ from the operation's or one needs two. */
const needed: Record<string, string> = {
  HeadObject: 's3:GetObject, and s3:ListBucket to learn that an object is not there',
  GetObject: 's3:GetObject, and s3:ListBucket to learn that an object is not there',
  HeadBucket: 's3:ListBucket',
  ListObjectsV2: 's3:ListBucket',
  ListMultipartUploads: 's3:ListBucketMultipartUploads',
  PutObject: 's3:PutObject',
  CreateMultipartUpload: 's3:PutObject',
  UploadPart: 's3:PutObject',
  CompleteMultipartUpload: 's3:PutObject',
  AbortMultipartUpload: 's3:AbortMultipartUpload',
  DeleteObject: 's3:DeleteObject',
  RestoreObject: 's3:RestoreObject',
}

/** What to give a key whose operation was refused. */
export function permissionsOf(operation: string | undefined): string {
  const permission = operation === undefined ? undefined : needed[operation]
  return permission === undefined ? all : `Give the key ${permission}. ${all}`
}
