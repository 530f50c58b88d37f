/** Receivers that keep an incident of their own: they must hear of its end, and that a person took it over. */
export const followsIncidents = (kind: string): boolean => kind === 'pagerduty'
