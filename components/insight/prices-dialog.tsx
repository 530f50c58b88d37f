'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Plus, X } from 'lucide-react'
import type { Operations } from '@/lib/contracts/operations'
import { Button } from '@/components/ui/button'
import { Dialog, DialogSubmit } from '@/components/ui/dialog'
import { Form } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { TextField } from '@/components/ui/text-field'
import { accessSettingsQuery } from '@/lib/client/queries/access'
import { useSaveOperations } from '@/lib/client/hooks/use-save-operations'

/** What a GB costs a month in each storage class. */
export function PricesDialog({ onClose }: { onClose: () => void }) {
  const { data: operations, error } = useQuery(accessSettingsQuery())
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Prices"
      description="For one GB (1,000,000,000 bytes) kept for a month. Requests and traffic are not part of it."
    >
      {error && !operations && <ProblemNote error={error} />}
      {!error && !operations && <SkeletonRows rows={4} />}
      {operations && <PricesForm prices={operations.prices} onClose={onClose} />}
    </Dialog>
  )
}

interface Row {
  storageClass: string
  price: string
}

function PricesForm({ prices, onClose }: { prices: Operations['prices']; onClose: () => void }) {
  const [currency, setCurrency] = useState(prices.currency)
  const [rows, setRows] = useState<Row[]>(
    Object.entries(prices.perGbMonth).map(([storageClass, price]) => ({ storageClass, price: String(price) })),
  )
  const save = useSaveOperations({ done: 'The prices are saved', onDone: onClose })
  const change = (index: number, part: Partial<Row>) =>
    setRows(rows.map((row, at) => (at === index ? { ...row, ...part } : row)))
  function submit() {
    const named = rows.filter((row) => row.storageClass.trim() !== '')
    const perGbMonth = Object.fromEntries(
      named.map(({ storageClass, price }) => [storageClass.trim(), price.trim() === '' ? Number.NaN : Number(price)]),
    )
    save.submit({ prices: { currency: currency.trim().toUpperCase(), perGbMonth } })
  }
  return (
    <Form onSubmit={submit} error={save.error}>
      {save.refused && (
        <p role="alert" className="text-[0.8125rem] text-bad">
          Enter three letters for the currency, and a number of zero or more for each price.
        </p>
      )}
      <TextField
        label="Currency"
        hint="Three letters, such as USD or EUR"
        className="max-w-52"
        value={currency}
        onChange={setCurrency}
      />
      <div className="flex gap-2 text-[0.8125rem] font-medium" aria-hidden>
        <span className="flex-1">Storage class</span>
        <span className="mr-10 w-32 text-right">{currency || 'Price'} a GB</span>
      </div>
      <ul className="space-y-2" aria-label="Prices by storage class">
        {rows.map((row, index) => (
          <li key={index} className="flex items-center gap-2">
            <Input
              aria-label={`Storage class ${index + 1}`}
              value={row.storageClass}
              onChange={(event) => change(index, { storageClass: event.target.value })}
            />
            <Input
              aria-label={`Price of ${row.storageClass || 'this class'}`}
              inputMode="decimal"
              className="max-w-32 text-right"
              value={row.price}
              onChange={(event) => change(index, { price: event.target.value })}
            />
            <Button
              variant="ghost"
              size="icon"
              aria-label={`Remove ${row.storageClass || 'this class'}`}
              onClick={() => setRows(rows.filter((_, at) => at !== index))}
            >
              <X aria-hidden />
            </Button>
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Button variant="secondary" size="sm" onClick={() => setRows([...rows, { storageClass: '', price: '' }])}>
          <Plus aria-hidden /> Add a class
        </Button>
        <span className="text-xs text-ink-3">“default” is for classes that are not listed</span>
      </div>
      <DialogSubmit onClose={onClose} pending={save.isPending}>
        Save the prices
      </DialogSubmit>
    </Form>
  )
}
