import type { Metadata } from 'next'
import { SetupSteps } from '@/components/setup/setup-steps'

export const metadata: Metadata = { title: 'Set up' }

export default function SetupPage() {
  return <SetupSteps />
}
