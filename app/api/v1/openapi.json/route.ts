import { handlePublic } from '@/lib/server/handle'
import { openApiDocument } from '@/lib/server/open-api-document'

export const GET = handlePublic({}, () => Promise.resolve(openApiDocument()))
