import { Callout } from '@/components/ui/callout'

/** No source's server may be restored to. */
export function NoTarget({ catalog }: { catalog: boolean }) {
  return (
    <Callout tone="warn" title="There is no place it may be restored to">
      {catalog
        ? 'This is Holdfast’s own catalog: it is never restored to the server that holds it. '
        : 'Its own source was deleted. '}
      An administrator allows another source’s server on the source’s page, under “Where its backups may be restored”.
    </Callout>
  )
}
