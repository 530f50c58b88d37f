/**
 * What the identity provider is asked for when someone shows again who they are: that it asks for the password although
 * their session there is open, and says when it did. Some tell the time only to who asks for the claim itself; those that
 * know neither way ignore them.
 */
export const askAgainParams = {
  prompt: 'login',
  max_age: '0',
  claims: JSON.stringify({ id_token: { auth_time: { essential: true } } }),
}
