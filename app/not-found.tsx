import Link from 'next/link'
import { Logo } from '@/components/shell/logo'

export default function NotFound() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-4 px-6">
      <Logo />
      <h1 className="text-xl font-semibold">There is nothing at this address</h1>
      <p className="text-ink-2">The page may have been moved, or what it showed has been deleted.</p>
      <Link className="font-medium text-accent underline underline-offset-4" href="/admin">
        Go to the overview
      </Link>
    </main>
  )
}
