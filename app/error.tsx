'use client'

import { Button } from '@/components/ui/button'

/** The last net: a page that could not be drawn says so and offers the way back. */
export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-4 px-6" role="alert">
      <h1 className="text-xl font-semibold">This page could not be shown</h1>
      <p className="text-ink-2">
        Backups are not affected: they are taken by the worker. Try again; if it stays, look at the log of the web
        process{error.digest ? ` for ${error.digest}` : ''}.
      </p>
      <div className="flex gap-2">
        <Button onClick={reset}>Try again</Button>
        <Button variant="secondary" asChild>
          <a href="/admin">Overview</a>
        </Button>
      </div>
    </main>
  )
}
