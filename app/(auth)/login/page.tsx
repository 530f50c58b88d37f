import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { SignInForm } from '@/components/setup/sign-in-form'
import { sameOriginPath } from '@/lib/client/same-origin-path'
import { currentActor } from '@/lib/server/session'

export const metadata: Metadata = { title: 'Sign in' }

interface LoginPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function LoginPage({ searchParams }: LoginPageProps) {
  const target = sameOriginPath((await searchParams).callbackUrl)
  if (await currentActor()) redirect(target)
  return <SignInForm target={target} />
}
