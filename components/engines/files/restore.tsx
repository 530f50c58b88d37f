import { useWatch } from 'react-hook-form'
import { fieldsOf } from '@/components/form/fields-of'
import { Callout } from '@/components/ui/callout'
import type { RestoreScreen } from '../engine-screen'
import { emptyFilesTarget, filesTargetOf, type FilesTargetValues } from './values'

interface RestoreForm {
  target: FilesTargetValues
}
const Enter = fieldsOf<RestoreForm>()

const modes = [
  { value: 'new', label: 'Into a new folder' },
  { value: 'in-place', label: 'Instead of the folder that is there' },
]

export const filesRestore: RestoreScreen<FilesTargetValues> = {
  title: 'Restore files',
  description: 'Nothing that exists is written over: a folder that is replaced is kept beside the restored one.',
  empty: emptyFilesTarget,
  targetOf: filesTargetOf,
  wrongOf: ({ mode, path, confirm }): Readonly<Record<string, string>> =>
    mode === 'in-place' && path !== confirm ? { 'target.confirm': 'Type the path of the folder once more' } : {},
  Fields: TargetFields,
  Note: OwnersNote,
}

function TargetFields() {
  const [mode, path] = useWatch<RestoreForm, ['target.mode', 'target.path']>({ name: ['target.mode', 'target.path'] })
  return (
    <>
      <Enter.Select name="target.mode" label="Where to" choices={modes} />
      <Enter.Text
        name="target.path"
        label={mode === 'new' ? 'New folder' : 'Folder to replace'}
        hint={
          mode === 'new'
            ? 'On the worker’s machine; the folder above it must exist'
            : 'It is renamed and kept; the restored one takes its name'
        }
        placeholder="/srv/restored"
        spellCheck={false}
        inputClassName="font-mono"
      />
      {mode === 'in-place' ? (
        <>
          <Callout tone="warn" title={`${path || 'The folder'} will be another`}>
            Programs that have files in it open go on with the old ones. Stop them before, and start them afterwards.
          </Callout>
          <Enter.Text
            name="target.confirm"
            label="The path once more, to confirm"
            spellCheck={false}
            inputClassName="font-mono"
          />
        </>
      ) : (
        <Enter.Lines
          name="target.only"
          label="Only these"
          hint="Paths below the folder that was backed up, one a line; empty: everything"
          optional
          rows={2}
          placeholder="docs/contract.pdf"
        />
      )}
    </>
  )
}

function OwnersNote() {
  return (
    <p className="text-[0.8125rem] text-ink-2">
      Rights, times, links and attributes come back as they were; owners only where the worker runs as root.
    </p>
  )
}
