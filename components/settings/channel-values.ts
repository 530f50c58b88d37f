/** The form as typed. A Slack-compatible receiver is a webhook with another payload. */
export interface ChannelValues {
  kind: 'email' | 'slack' | 'json'
  name: string
  host: string
  port: string
  security: 'starttls' | 'tls' | 'none'
  user: string
  password: string
  from: string
  to: string
  url: string
  secret: string
}

export const emptyChannel: ChannelValues = {
  kind: 'email',
  name: '',
  host: '',
  port: '587',
  security: 'starttls',
  user: '',
  password: '',
  from: '',
  to: '',
  url: '',
  secret: '',
}

const given = (value: string): string | undefined => value.trim() || undefined

export function channelInputOf(values: ChannelValues) {
  if (values.kind === 'email') {
    const { host, port, security, user, password, from, to } = values
    const addresses = to
      .split(/[,;\s]+/)
      .map((address) => address.trim())
      .filter(Boolean)
    return {
      name: values.name,
      kind: 'email' as const,
      enabled: true,
      config: { host, port: Number(port), security, user: given(user), password: given(password), from, to: addresses },
    }
  }
  return {
    name: values.name,
    kind: 'webhook' as const,
    enabled: true,
    config: { url: values.url.trim(), format: values.kind, secret: given(values.secret) },
  }
}
