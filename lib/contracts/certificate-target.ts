/** A server that shows a certificate, and how to get it to. */
export interface CertificateTarget {
  host: string
  port: number
  /** What is sent before TLS begins: nothing, or what the protocol asks for. */
  greeting: 'tls' | 'postgres' | 'smtp'
}
