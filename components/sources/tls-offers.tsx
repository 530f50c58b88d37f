import type { TlsOffer } from '@/lib/contracts/source'
import { Button } from '@/components/ui/button'

interface TlsOffersProps {
  offers: TlsOffer[]
  onOffer: (offer: TlsOffer) => void
}

/** What can be taken instead of the TLS mode that failed, each with what it means. */
export function TlsOffers({ offers, onOffer }: TlsOffersProps) {
  return (
    <ul className="space-y-3" aria-label="What you can choose instead">
      {offers.map((offer) => (
        <li key={offer.ssl} className="space-y-1">
          <Button variant="secondary" size="sm" onClick={() => onOffer(offer)}>
            {offer.needsCa ? `Paste a certificate (${offer.ssl})` : `Use ${offer.ssl}`}
          </Button>
          <p className="text-[0.8125rem] text-ink-2">{offer.consequence}</p>
        </li>
      ))}
    </ul>
  )
}
