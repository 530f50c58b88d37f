import { handlePublic } from '@/lib/server/handle'
import { openApiResponse } from '@/lib/server/open-api-response'

export const GET = handlePublic({}, ({ request }) => Promise.resolve(openApiResponse(request)))
