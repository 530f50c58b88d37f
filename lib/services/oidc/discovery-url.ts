/** Where an issuer describes itself; a slash at its end is part of its name and not doubled. */
export const discoveryUrl = (issuer: string): string => `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
