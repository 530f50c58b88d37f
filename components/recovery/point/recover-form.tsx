'use client'

import { useEffect, useState } from 'react'
import { usePathname } from 'next/navigation'
import { useQuery } from '@tanstack/react-query'
import type { RecoveryWindows } from '@/lib/contracts/recovery/continuous'
import type { AskedPoint } from '@/lib/contracts/recovery/recoveries'
import type { Source } from '@/lib/contracts/source'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { FormSection } from '@/components/ui/form-section'
import { useDebounced } from '@/lib/client/hooks/use-debounced'
import { useUrlState } from '@/lib/client/hooks/use-url-state'
import { recoveryCheckQuery } from '@/lib/client/queries/recovery'
import { WindowBar } from '../window-bar'
import { askedPoint, chooseNear, readChosen, searchOf } from './chosen-point'
import { PointCheck } from './point-check'
import { PointFields } from './point-fields'
import { UseForm } from './use-form'

const typedMs = 300

interface RecoverFormProps {
  source: Source
  known: RecoveryWindows
}

/** The point, what a recovery to it would do, and what for. The address holds the point, so that it can be sent to a colleague. */
export function RecoverForm({ source, known }: RecoverFormProps) {
  const { get } = useUrlState()
  const pathname = usePathname()
  const [chosen, setChosen] = useState(() => readChosen(get, known))
  const search = searchOf(chosen)
  useEffect(() => {
    if (window.location.search !== `?${search}`) window.history.replaceState(null, '', `${pathname}?${search}`)
  }, [pathname, search])
  const now = JSON.stringify(askedPoint(source.id, chosen))
  const settled = useDebounced(now, typedMs)
  const point: AskedPoint | null = JSON.parse(settled)
  const check = useQuery(recoveryCheckQuery(point))
  const isSettled = now === settled && !check.isPlaceholderData
  return (
    <div className="space-y-5">
      <Card aria-labelledby="windows-title">
        <CardHeader id="windows-title" title="Points that can be recovered to" />
        <CardBody>
          <WindowBar windows={known.windows} gaps={known.gaps} isFollowed={source.protection.continuous} />
        </CardBody>
      </Card>
      <FormSection title="The point" note="What was committed up to it is there, and nothing that came after it.">
        <PointFields source={source} known={known} chosen={chosen} onChoose={setChosen} />
        <PointCheck
          source={source}
          isComplete={now !== 'null'}
          check={isSettled ? check : null}
          onNear={(near) => setChosen(chooseNear(chosen, near, check.error))}
        />
      </FormSection>
      <UseForm source={source} point={isSettled && check.isSuccess ? point : null} />
    </div>
  )
}
