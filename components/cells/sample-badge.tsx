import { Badge } from '@/components/ui/badge'

export function SampleBadge() {
  return (
    <Badge tone="neutral" title="Sample data made by --demo; not a database of yours">
      Sample
    </Badge>
  )
}
