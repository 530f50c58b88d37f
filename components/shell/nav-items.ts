import {
  Archive,
  Bell,
  CalendarClock,
  ClipboardList,
  Database,
  FlaskConical,
  HardDrive,
  Layers,
  LayoutDashboard,
  RotateCcw,
  ScrollText,
  Settings,
  TrendingUp,
  type LucideIcon,
} from 'lucide-react'
import type { Role } from '@/lib/contracts/common'

export interface NavItem {
  href: string
  label: string
  Icon: LucideIcon
  /** Of a page that shows nothing to lesser roles. */
  needs?: Role
}

export const navSections: readonly { label: string; items: readonly NavItem[] }[] = [
  {
    label: 'Monitor',
    items: [
      { href: '/admin', label: 'Overview', Icon: LayoutDashboard },
      { href: '/admin/backups', label: 'Backups', Icon: Archive },
      { href: '/admin/restore-tests', label: 'Restore tests', Icon: FlaskConical },
      { href: '/admin/restores', label: 'Restores', Icon: RotateCcw },
      { href: '/admin/alerts', label: 'Alerts', Icon: Bell },
      { href: '/admin/insight', label: 'Insight', Icon: TrendingUp },
    ],
  },
  {
    label: 'Configure',
    items: [
      { href: '/admin/sources', label: 'Sources', Icon: Database },
      { href: '/admin/destinations', label: 'Destinations', Icon: HardDrive },
      { href: '/admin/schedules', label: 'Schedules', Icon: CalendarClock },
      { href: '/admin/retention', label: 'Retention', Icon: Layers },
      { href: '/admin/policies', label: 'Policies', Icon: ClipboardList },
    ],
  },
  {
    label: 'Administer',
    items: [
      { href: '/admin/audit', label: 'Audit log', Icon: ScrollText, needs: 'admin' },
      { href: '/admin/settings', label: 'Settings', Icon: Settings },
    ],
  },
]

/** The overview is current only at its own address; a section also below it. */
export function isCurrent(pathname: string, href: string): boolean {
  return href === '/admin' ? pathname === href : pathname === href || pathname.startsWith(`${href}/`)
}
