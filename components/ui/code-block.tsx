import { CopyButton } from './copy-button'

/** Something to paste elsewhere, as it is. */
export function CodeBlock({ text, label = 'Copy', tall }: { text: string; label?: string; tall?: boolean }) {
  return (
    <div className="relative min-w-0 rounded-md border border-line bg-muted">
      <pre
        tabIndex={0}
        className={`overflow-auto p-3 pt-12 sm:pt-3 sm:pr-24 font-mono text-xs leading-relaxed whitespace-pre-wrap [overflow-wrap:anywhere] ${tall ? 'max-h-[32rem]' : 'max-h-64'}`}
      >
        {text}
      </pre>
      <div className="absolute top-2 right-2">
        <CopyButton text={text} label={label} />
      </div>
    </div>
  )
}
