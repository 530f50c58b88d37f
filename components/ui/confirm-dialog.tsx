'use client'

import { useState, type ReactNode } from 'react'
import { Button } from './button'
import { Dialog, DialogActions } from './dialog'
import { Field } from './field'
import { Input } from './input'
import { ProblemNote } from './problem-note'

interface ConfirmDialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  /** Names what will be lost. */
  children: ReactNode
  action: string
  pending: boolean
  error: unknown
  /** When given, this must be typed before the act is possible. */
  typeToConfirm?: string
  onConfirm: () => void
}

/** Asks before an act that cannot be undone. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const [typed, setTyped] = useState('')
  const ready = props.typeToConfirm === undefined || typed === props.typeToConfirm
  return (
    <Dialog open={props.open} onOpenChange={props.onOpenChange} title={props.title}>
      <div className="space-y-3 text-ink-2">{props.children}</div>
      {props.typeToConfirm !== undefined && (
        <Field label={<span>Type “{props.typeToConfirm}” to confirm</span>} className="mt-4">
          {(control) => (
            <Input {...control} value={typed} autoComplete="off" onChange={(event) => setTyped(event.target.value)} />
          )}
        </Field>
      )}
      {props.error !== null && props.error !== undefined && (
        <div className="mt-4">
          <ProblemNote error={props.error} />
        </div>
      )}
      <DialogActions>
        <Button variant="secondary" onClick={() => props.onOpenChange(false)}>
          Keep it
        </Button>
        <Button variant="danger" disabled={!ready} pending={props.pending} onClick={props.onConfirm}>
          {props.action}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
