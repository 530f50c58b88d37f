import { fieldsOf } from '@/components/form/fields-of'
import { FormSection } from '@/components/ui/form-section'
import type { FilesForm } from './values'

const Enter = fieldsOf<FilesForm>()

export function ConnectionFields() {
  return (
    <>
      <Enter.Text
        name="connection.root"
        label="Folder"
        hint="On the worker’s machine, from the root on"
        placeholder="/srv/files"
        spellCheck={false}
        inputClassName="font-mono"
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <Enter.Lines
          name="connection.include"
          label="Only what matches"
          hint="One pattern a line; empty: everything. *.pdf matches at any depth, docs/** everything in docs"
          optional
          rows={3}
        />
        <Enter.Lines
          name="connection.exclude"
          label="Leave out"
          hint="One pattern a line; a folder is left out with everything in it"
          optional
          rows={3}
          placeholder="cache/**"
        />
      </div>
    </>
  )
}

export function OptionsFields() {
  return (
    <FormSection title="Reading the folder" note="The defaults suit most folders.">
      <Enter.Switch
        name="options.oneFileSystem"
        label="Stay on one file system"
        hint="What is mounted below the folder is left out."
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <Enter.Number
          name="options.longestChain"
          label="Incremental backups before a full one"
          hint="A restore reads the full backup and every incremental one up to its own"
        />
        <Enter.Number
          name="options.parallelism"
          label="Streams side by side"
          hint="Empty: by the cores of the worker, at most four"
          optional
        />
      </div>
    </FormSection>
  )
}
