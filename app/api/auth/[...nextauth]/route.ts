import NextAuth from 'next-auth'
import type { NextRequest } from 'next/server'
import { authOptionsFor } from '@/lib/server/auth-options-for'

interface RouteContext {
  params: Promise<{ nextauth: string[] }>
}

const handler = async (request: NextRequest, context: RouteContext): Promise<Response> =>
  NextAuth(request, context, await authOptionsFor(request.headers))

export { handler as GET, handler as POST }
