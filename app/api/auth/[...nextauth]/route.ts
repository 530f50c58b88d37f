import NextAuth from 'next-auth'
import type { NextRequest } from 'next/server'
import { authOptionsFor } from '@/lib/server/sign-in/auth-options-for'
import type { SignInOutcome } from '@/lib/server/sign-in/password-provider'
import { signInResponse } from '@/lib/server/sign-in/sign-in-response'

interface RouteContext {
  params: Promise<{ nextauth: string[] }>
}

const handler = async (request: NextRequest, context: RouteContext): Promise<Response> => {
  const outcome: SignInOutcome = {}
  const response: Response = await NextAuth(request, context, await authOptionsFor(request.headers, outcome))
  return signInResponse(response, outcome)
}

export { handler as GET, handler as POST }
