// The share of requests that failed, between 0 and 1; nothing is known of none.
export function errorRate(statuses) {
  if (statuses.length === 0) return undefined;
  return statuses.filter((status) => status >= 500).length / statuses.length;
}
