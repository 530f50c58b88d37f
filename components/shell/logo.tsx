/** A holdfast is what anchors kelp to the rock: a stem, and roots that grip. */
export function Logo({ withName = true }: { withName?: boolean }) {
  return (
    <span className="inline-flex items-center gap-2">
      <svg
        viewBox="0 0 24 24"
        className="size-6 text-accent"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
        aria-hidden
      >
        <path d="M12 3v8" />
        <path d="M12 11c0 4-2.2 5.2-6.5 7.5M12 11c0 4 2.2 5.2 6.5 7.5M12 11v9" />
        <path d="M12 7.5c1.6 0 3-1 3.4-2.8M12 5.5C10.4 5.500 9.200 4.700 8.700 3.300" />
      </svg>
      {withName && <span className="text-[0.9375rem] font-semibold tracking-tight">Holdfast</span>}
    </span>
  )
}
