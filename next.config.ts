import type { NextConfig } from 'next'

const config: NextConfig = {
  // Native or self-loading packages: required at run time from node_modules instead of being bundled.
  serverExternalPackages: ['@node-rs/argon2', '@node-rs/crc32', 'pg', 'pino', 'nodemailer', 'prom-client'],
  poweredByHeader: false,
  // `npm run check` judges types, of everything; a person who starts the product should not wait for it.
  typescript: { ignoreBuildErrors: true },
  // Another lock file above the clone must not move the root.
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
  // Where password managers look for the page that changes a password (well-known URIs, RFC 8615).
  redirects: () =>
    Promise.resolve([{ source: '/.well-known/change-password', destination: '/admin/settings', permanent: false }]),
}

export default config
