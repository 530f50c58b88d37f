import type { ReactNode } from 'react'
import { Logo } from '@/components/shell/logo'

export default function SetupLayout({ children }: { children: ReactNode }) {
  return (
    <div className="mx-auto w-full max-w-lg px-4 py-10 sm:py-16">
      <div className="mb-8">
        <Logo />
      </div>
      <main>{children}</main>
    </div>
  )
}
