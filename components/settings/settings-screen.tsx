'use client'

import type { ComponentType } from 'react'
import { Approvals } from '@/components/access/approvals'
import { SingleSignOn } from '@/components/access/single-sign-on'
import { useMay } from '@/components/shell/viewer'
import { PageHeader } from '@/components/ui/page-header'
import { Tab, TabList, TabPanel, Tabs } from '@/components/ui/tabs'
import { useUrlState } from '@/lib/client/hooks/use-url-state'
import type { Role } from '@/lib/contracts/common'
import { About } from './about'
import { Channels } from './channels/channels'
import { Limits } from './limits'
import { Profile } from './people/profile'
import { RecoveryTab } from './recovery-tab'
import { Tokens } from './people/tokens'
import { Users } from './people/users'
import { Watching } from './watching'

interface SettingsTab {
  name: string
  label: string
  Panel: ComponentType
  /** Of a tab that shows nothing to lesser roles. */
  needs?: Role
}

const tabs: readonly SettingsTab[] = [
  { name: 'profile', label: 'Profile', Panel: Profile },
  { name: 'users', label: 'Users', Panel: Users, needs: 'admin' },
  { name: 'sign-on', label: 'Single sign-on', Panel: SingleSignOn, needs: 'admin' },
  { name: 'approvals', label: 'Approvals', Panel: Approvals, needs: 'operator' },
  { name: 'tokens', label: 'API tokens', Panel: Tokens, needs: 'admin' },
  { name: 'channels', label: 'Alert channels', Panel: Channels },
  { name: 'limits', label: 'Limits', Panel: Limits },
  { name: 'watching', label: 'Watching', Panel: Watching },
  { name: 'recovery', label: 'Recovery kit', Panel: RecoveryTab },
  { name: 'about', label: 'About', Panel: About },
]

export function SettingsScreen() {
  const { get, set } = useUrlState()
  const current = tabs.find((tab) => tab.name === get('tab'))?.name ?? 'profile'
  return (
    <>
      <PageHeader title="Settings" />
      <Tabs value={current} onValueChange={(tab) => set({ tab })}>
        <TabList aria-label="Settings">
          {tabs.map((tab) => (
            <RoleTab key={tab.name} {...tab} />
          ))}
        </TabList>
        {tabs.map(({ name, Panel }) => (
          <TabPanel key={name} value={name}>
            <Panel />
          </TabPanel>
        ))}
      </Tabs>
    </>
  )
}

function RoleTab({ name, label, needs = 'viewer' }: SettingsTab) {
  const { may, reason } = useMay(needs)
  return (
    <Tab value={name} disabled={!may} title={reason}>
      {label}
    </Tab>
  )
}
