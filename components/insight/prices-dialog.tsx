'use client'

import { useQuery } from '@tanstack/react-query'
import { Plus, X } from 'lucide-react'
import { useFieldArray, useFormState, useWatch } from 'react-hook-form'
import type { Operations } from '@/lib/contracts/operations'
import { fieldsOf } from '@/components/form/fields-of'
import { Form } from '@/components/form/form'
import { Button } from '@/components/ui/button'
import { Dialog, DialogSubmit } from '@/components/ui/dialog'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
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

interface PriceValues {
  currency: string
  rows: { storageClass: string; price: number | null }[]
}
const Enter = fieldsOf<PriceValues>()

/** A class that has no name is left out; one that has no price is refused. */
function pricesInputOf({ currency, rows }: PriceValues) {
  const named = rows.filter((row) => row.storageClass.trim() !== '')
  const perGbMonth = Object.fromEntries(named.map(({ storageClass, price }) => [storageClass.trim(), price]))
  return { prices: { currency: currency.trim().toUpperCase(), perGbMonth } }
}

function PricesForm({ prices, onClose }: { prices: Operations['prices']; onClose: () => void }) {
  const initial: PriceValues = {
    currency: prices.currency,
    rows: Object.entries(prices.perGbMonth).map(([storageClass, price]) => ({ storageClass, price })),
  }
  const save = useSaveOperations({
    initial,
    inputOf: pricesInputOf,
    done: 'The prices are saved',
    onDone: onClose,
  })
  const { control } = save.fields
  const { fields, append, remove } = useFieldArray({ control, name: 'rows' })
  const [currency, typed] = useWatch({ control, name: ['currency', 'rows'] })
  return (
    <Form form={save}>
      <RefusedNote />
      <Enter.Text name="currency" label="Currency" hint="Three letters, such as USD or EUR" className="max-w-52" />
      <div className="flex gap-2 text-[0.8125rem] font-medium" aria-hidden>
        <span className="flex-1">Storage class</span>
        <span className="mr-10 w-32 text-right">{currency || 'Price'} a GB</span>
      </div>
      <ul className="space-y-2" aria-label="Prices by storage class">
        {fields.map(({ id }, index) => {
          const named = typed[index]?.storageClass || 'this class'
          return (
            <li key={id} className="flex items-center gap-2">
              <Enter.Text
                name={`rows.${index}.storageClass`}
                label={<span className="sr-only">Storage class {index + 1}</span>}
                className="flex-1"
              />
              <Enter.Number
                name={`rows.${index}.price`}
                label={<span className="sr-only">Price of {named}</span>}
                inputMode="decimal"
                className="w-32"
                inputClassName="text-right"
              />
              <Button variant="ghost" size="icon" aria-label={`Remove ${named}`} onClick={() => remove(index)}>
                <X aria-hidden />
              </Button>
            </li>
          )
        })}
      </ul>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Button variant="secondary" size="sm" onClick={() => append({ storageClass: '', price: null })}>
          <Plus aria-hidden /> Add a class
        </Button>
        <span className="text-xs text-ink-3">“default” is for classes that are not listed</span>
      </div>
      <DialogSubmit onClose={onClose} pending={save.action.isPending}>
        Save the prices
      </DialogSubmit>
    </Form>
  )
}

/** The contract knows prices by their class, so what it says of one stands above all. */
function RefusedNote() {
  const { errors } = useFormState()
  return (
    Object.keys(errors).length > 0 && (
      <p role="alert" className="text-[0.8125rem] text-bad">
        Enter three letters for the currency, and a number of zero or more for each price.
      </p>
    )
  )
}
