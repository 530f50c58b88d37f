import type { ErrorEntry } from './error-entry'

/** What somebody who is known may not do. */
export const accessErrors = {
  unauthenticated: {
    status: 401,
    cause: 'The request carries no valid session, or its API token is unknown, revoked or expired.',
    remedy: 'Sign in again, or send a token that is valid: `Authorization: Bearer hf_…`.',
  },
  forbidden: {
    status: 403,
    cause: 'The role of the person or token is not enough for this.',
    remedy: 'Ask an administrator to do it, or to change the role.',
  },
  'needs-person': {
    status: 403,
    cause: 'This may only be done by a person who is signed in, and the request came with an API token.',
    remedy: 'Sign in to Holdfast in a browser and do it there.',
  },
  'scope-missing': {
    status: 403,
    cause: 'The API token was made without the scope that this needs; `facts.scope` names it.',
    remedy: 'Use another token, or let an administrator make one that has this scope.',
  },
  'token-limited': {
    status: 403,
    cause: 'The API token is limited to some sources, and the request is about something that concerns all of them.',
    remedy: 'Use a token that is not limited to sources.',
  },
  'limited-role-missing': {
    status: 503,
    cause:
      'Tokens that are limited to sources are held to them by a role of the catalog, which is missing and which the role of `DATABASE_URL` may not make.',
    remedy:
      'Run the two statements that the start of Holdfast names, as a superuser of the catalog, and start it again.',
  },
  'foreign-site': {
    status: 403,
    cause: 'The browser says that the change was sent by a page of another site (`Sec-Fetch-Site`, `Origin`).',
    remedy:
      'Reload the page and try again. If it repeats, let the proxy in front of Holdfast pass the host on unchanged. Automation uses an API token, not a session.',
  },
  'step-up-needed': {
    status: 403,
    cause:
      'Something as grave as this needs the password or a code of the second factor again, shown a short time ago.',
    remedy:
      'Give it when the page asks. A program sends `POST /api/v1/me/step-up` and repeats the request; `facts.methods` lists what is taken.',
  },
  'step-up-failed': {
    status: 422,
    cause: 'The password or the code that was to show again who you are is wrong.',
    remedy: 'Enter it again. Wrong ones count towards the lock of the account.',
  },
  'approval-needed': {
    status: 409,
    cause:
      'With four eyes another administrator has to agree to this. They have been asked; `facts.approvalId` names the request.',
    remedy: 'Wait until another administrator agrees under Settings, Approvals, and then do exactly the same again.',
  },
  'approval-own': {
    status: 409,
    cause: 'The person who asked for an approval tries to decide it, also behind a token of theirs.',
    remedy: 'Let another administrator decide.',
  },
  'approval-decided': {
    status: 409,
    cause: 'Another administrator has decided this request already.',
    remedy: 'Reload the list of approvals to see how.',
  },
  'approval-expired': {
    status: 409,
    cause: 'Nobody decided within a day, so the request is void.',
    remedy: 'If it is still wanted, ask again by doing the same again.',
  },
  'token-without-person': {
    status: 403,
    cause:
      'Four eyes need two persons, and nobody stands behind this API token: it was made at the start or on the command line.',
    remedy: 'Use a token that an administrator made while signed in, or one that such a token made.',
  },
  'needs-two-administrators': {
    status: 409,
    cause: 'Four eyes were to be turned on while there is only one administrator, so nobody could agree to anything.',
    remedy: 'Invite another administrator first.',
  },
  'last-administrator': {
    status: 409,
    cause: 'The account is the only administrator, or one of the two that four eyes need.',
    remedy: 'Make somebody else an administrator first, or turn four eyes off.',
  },
} satisfies Record<string, ErrorEntry>
