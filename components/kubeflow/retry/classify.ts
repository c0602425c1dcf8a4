/** Why an attempt failed, as far as it matters to whether another one can succeed. */
export type Failure = { readonly kind: "passing"; readonly waitingFor: string } | { readonly kind: "final" };

/**
 * Errors that pass by themselves while a platform comes up, in the API server's and the provider's words, and what is
 * being waited for. Everything else is final: asking again for what is forbidden, invalid or over quota never helps.
 */
const PASSING: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  [/failed calling webhook "([^"]+)"/, (match) => `webhook ${match[1]}`],
  [/conversion webhook for ([^ ,]+),/, (match) => `the conversion webhook of ${match[1]}`],
  [/no endpoints available for service "([^"]+)"/, (match) => `endpoints of Service ${match[1]}`],
  [/unable to load root certificates/, () => "a certificate authority to be injected"],
  [/no matches for kind "?([^"\s]+)"?/, (match) => `kind ${match[1]} to be served`],
  [/the server could not find the requested resource/, () => "the kind to be served"],
  [/namespaces "([^"]+)" not found/, (match) => `namespace ${match[1]}`],
  [/object has been modified|Conflict|conflict with/, () => "a conflicting write to settle"],
  [/connection refused|ECONNREFUSED|ECONNRESET|EPIPE|socket hang up|connection reset|EOF$/, () => "the API server"],
  [/context deadline exceeded|etcdserver: request timed out|Timeout: request did not complete/, () => "the API server"],
  [
    /apiserver is shutting down|ServiceUnavailable|service unavailable|TooManyRequests|too many requests/i,
    () => "the API server",
  ],
];

const FINAL = /is forbidden|exceeded quota|Invalid value|is invalid:|denied the request|Unauthorized/;

/** Classifies the message of a failed operation. */
export function classify(message: string): Failure {
  const passing = PASSING.map(([pattern, waitingFor]) => {
    const match = pattern.exec(message);
    return match === null ? undefined : waitingFor(match);
  }).find((found) => found !== undefined);
  // "Internal error occurred: failed calling webhook ..." is passing; a webhook that answered "denied" is not.
  if (passing === undefined || FINAL.test(message.replace(/failed calling webhook.*$/s, ""))) return { kind: "final" };
  return { kind: "passing", waitingFor: passing };
}

/** Seconds before the next attempt: doubling from 1 s, at most 15 s. */
export function backoffSeconds(attempt: number): number {
  return Math.min(2 ** Math.max(0, attempt - 1), 15);
}
