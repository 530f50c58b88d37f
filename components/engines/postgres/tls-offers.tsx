import { useFormContext } from 'react-hook-form'
import type { Inspection } from '@/lib/contracts/source'
import { Button } from '@/components/ui/button'
import { focusCa } from './connection-fields'
import type { PostgresForm } from './values'

/** What can be taken instead of the TLS mode that failed, each with what it means. */
export function TlsOffers({ inspection, retry }: { inspection: Inspection; retry: () => void }) {
  const { setValue } = useFormContext<PostgresForm>()
  if (!inspection.tlsOffers) return null
  return (
    <ul className="space-y-3" aria-label="What you can choose instead">
      {inspection.tlsOffers.map(({ ssl, needsCa, consequence }) => (
        <li key={ssl} className="space-y-1">
          <Button
            variant="secondary"
            size="sm"
            onClick={() => {
              setValue('connection.ssl', ssl)
              // The field may only come with the mode.
              if (needsCa) requestAnimationFrame(focusCa)
              else retry()
            }}
          >
            {needsCa ? `Paste a certificate (${ssl})` : `Use ${ssl}`}
          </Button>
          <p className="text-[0.8125rem] text-ink-2">{consequence}</p>
        </li>
      ))}
    </ul>
  )
}
