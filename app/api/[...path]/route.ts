import { HoldfastError } from '@/lib/core/holdfast-error'
import { handlePublic } from '@/lib/server/handle'

/** Programs get the usual problem+json here, not the page that people see. */
const nothing = handlePublic({}, () =>
  Promise.reject(
    new HoldfastError('not-found', 'There is nothing at this address of the API.', {
      remedy: 'GET /api/v1/openapi.json lists what there is.',
    }),
  ),
)

export { nothing as DELETE, nothing as GET, nothing as PATCH, nothing as POST, nothing as PUT }
