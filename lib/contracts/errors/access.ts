import type { ErrorEntry } from './error-entry'

/** Refusals of an action whose actor is known. */
export const accessErrors = {
  unauthenticated: {
    status: 401,
    cause: 'The request carries no valid session, or its API token is unknown, revoked or expired.',
    remedy: 'Sign in again, or send a token that is valid: `Authorization: Bearer hf_…`.',
  },
  forbidden: {
    status: 403,
    cause: 'The role of the person or token does not allow this.',
    remedy: 'Ask an administrator to do it, or to change the role.',
  },
  'needs-person': {
    status: 403,
    cause: 'This may only be done by a person who is signed in, and the request came with an API token.',
    remedy: 'Sign in to Holdfast in a browser and do it there.',
  },
  'scope-missing': {
    status: 403,
    cause: 'The API token lacks the scope that this needs; `facts.scope` names it.',
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
      'A database role of the catalog enforces the limits of tokens. It is missing, and the role of `DATABASE_URL` may not create it.',
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
    cause: 'This action needs the password or a code of the second factor, entered a short time ago.',
    remedy:
      'Enter it when the page asks. A program sends `POST /api/v1/me/step-up` and repeats the request; `facts.methods` lists what is accepted.',
  },
  'step-up-failed': {
    status: 422,
    cause: 'The password or code entered to confirm your identity is wrong.',
    remedy: 'Enter it again. Wrong ones count towards the lock of the account.',
  },
  'approval-needed': {
    status: 409,
    cause:
      'Four eyes are on, so another administrator has to approve this. The request was created; `facts.approvalId` names it.',
    remedy:
      'Wait until another administrator approves it under Settings, Approvals, then repeat exactly the same action.',
  },
  'approval-own': {
    status: 409,
    cause: 'The person who requested an approval cannot decide it, and neither can their tokens.',
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
    remedy: 'Repeat the action if it is still wanted; that creates a new request.',
  },
  'token-without-person': {
    status: 403,
    cause:
      'Four eyes need two people, and this API token belongs to nobody: it was created at the start or on the command line.',
    remedy: 'Use a token that a signed-in administrator created, or one created with such a token.',
  },
  'needs-two-administrators': {
    status: 409,
    cause: 'Four eyes cannot be turned on while there is only one administrator, since nobody could approve anything.',
    remedy: 'Invite another administrator first.',
  },
  'last-administrator': {
    status: 409,
    cause: 'The account is the only administrator, or one of the two that four eyes need.',
    remedy: 'Make another person an administrator first, or turn four eyes off.',
  },
} satisfies Record<string, ErrorEntry>
