import { handlePublic } from '@/lib/server/handle'
import { checkCatalog } from '@/lib/services/settings/check-catalog'

export const GET = handlePublic({}, async ({ ctx }) => {
  await checkCatalog({ ctx })
  return { status: 'up' }
})
