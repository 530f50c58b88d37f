import { setupSchema } from '@/lib/contracts/people'
import { handlePublic } from '@/lib/server/handle'
import { createFirstAdministrator, isSetUp } from '@/lib/services/user/create-first-administrator'

export const GET = handlePublic({}, async ({ ctx }) => ({ needed: !(await isSetUp({ ctx })) }))

export const POST = handlePublic({ body: setupSchema, status: 201 }, ({ ctx, body }) =>
  createFirstAdministrator({ ctx, input: body }),
)
