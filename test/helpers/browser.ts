/** A browser as far as signing in needs one: it keeps cookies by host and port, and follows redirects. */
export class Browser {
  readonly #jars = new Map<string, Map<string, string>>()

  cookie(origin: string, name: string): string | undefined {
    return this.#jar(origin).get(name)
  }

  forget(origin: string): void {
    this.#jars.delete(origin)
  }

  /** One request, without following. */
  async send(url: string, init: RequestInit = {}): Promise<Response> {
    const jar = this.#jar(new URL(url).origin)
    const headers = new Headers(init.headers)
    headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '))
    headers.set('user-agent', 'a test')
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
      const at = pair.indexOf('=')
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)]
      const ended = attributes.some((attribute) => /^max-age=0$|^expires=Thu, 01 Jan 1970/i.test(attribute))
      if (value === '' || ended) jar.delete(name)
      else jar.set(name, value)
    }
    return response
  }

  /** Follows redirects until an address satisfies `until`, and answers that address without opening it. */
  async follow(url: string, until: (url: URL) => boolean): Promise<URL> {
    let next = new URL(url)
    for (let hop = 0; hop < 20; hop += 1) {
      if (until(next)) return next
      const response = await this.send(next.href)
      const location = response.headers.get('location')
      if (location === null) {
        throw new Error(`${next.href} answered ${response.status} instead of leading on: ${await response.text()}`)
      }
      next = new URL(location, next)
    }
    throw new Error('the redirects do not end')
  }

  #jar(origin: string): Map<string, string> {
    const jar = this.#jars.get(origin) ?? new Map<string, string>()
    this.#jars.set(origin, jar)
    return jar
  }
}
