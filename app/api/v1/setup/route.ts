import { setupSchema } from '@/lib/contracts/people/people'
import { clientAddress } from '@/lib/server/client-address'
import { handlePublic } from '@/lib/server/handle'
import { checkSetupCode, forgetSetupCode } from '@/lib/server/sign-in/setup-code'
import { createFirstAdministrator, isSetUp, refuseWhenSetUp } from '@/lib/services/user/create-first-administrator'

export const GET = handlePublic({}, async ({ ctx }) => ({ needed: !(await isSetUp({ ctx })) }))

export const POST = handlePublic({ body: setupSchema, status: 201 }, async ({ ctx, body, request }) => {
  const { code, ...person } = body
  await refuseWhenSetUp({ ctx })
  await checkSetupCode(code, clientAddress(request.headers.get('x-forwarded-for')))
  const administrator = await createFirstAdministrator({ ctx, input: person })
  await forgetSetupCode()
  return administrator
})
