/** Receivers that keep an incident of their own: they must receive its end and its acknowledgement. */
export const followsIncidents = (kind: string): boolean => kind === 'pagerduty'
