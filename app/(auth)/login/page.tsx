import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { SignInForm } from '@/components/setup/sign-in-form'
import { sameOriginPath } from '@/lib/client/same-origin-path'
import { container } from '@/lib/server/container'
import { currentActor } from '@/lib/server/sign-in/session'
import { signInOffer } from '@/lib/services/oidc/read-oidc'
import { isSetUp } from '@/lib/services/user/create-first-administrator'

export const metadata: Metadata = { title: 'Sign in' }

interface LoginPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function LoginPage({ searchParams }: LoginPageProps) {
  const { callbackUrl, error } = await searchParams
  const target = sameOriginPath(callbackUrl)
  if (await currentActor()) redirect(target)
  const ctx = (await container()).context
  if (!(await isSetUp({ ctx }))) redirect('/setup')
  const { oidcLabel } = await signInOffer({ ctx })
  return <SignInForm target={target} oidcLabel={oidcLabel} error={typeof error === 'string' ? error : null} />
}
