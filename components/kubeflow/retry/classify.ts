/** Why an attempt failed, as far as it matters to whether another one can succeed. */
export interface Failure {
  /** Whether no further attempt helps. */
  readonly isFinal: boolean;
  /** What did not come; undefined for errors that are no matter of waiting. */
  readonly waitingFor?: string;
}

/**
 * Errors that pass by themselves while a platform comes up, in the API server's and the provider's words, and what is
 * being waited for. Everything else is final: asking again for what is forbidden, invalid or over quota never helps.
 */
const PASSING: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  [/conversion webhook for ([^ ,]+),.*/s, (match) => `the conversion webhook of ${match[1]}${ofService(match[0])}`],
  [/no endpoints available for service "([^"]+)"/, (match) => `endpoints of Service ${match[1]}`],
  [/unable to load root certificates/, () => "a certificate authority to be injected"],
  [/no matches for kind "?([^"\s]+)"?/, (match) => `kind ${match[1]} to be served`],
  [/the server could not find the requested resource/, () => "the kind to be served"],
  [/namespaces "([^"]+)" not found/, (match) => `namespace ${match[1]}`],
  [/object has been modified|Conflict/, () => "a conflicting write to settle"],
  [/connection refused|ECONNREFUSED|ECONNRESET|EPIPE|socket hang up|connection reset|EOF$/, () => "the API server"],
  [/context deadline exceeded|etcdserver: request timed out|Timeout: request did not complete/, () => "the API server"],
  [
    /apiserver is shutting down|ServiceUnavailable|service unavailable|TooManyRequests|too many requests/i,
    () => "the API server",
  ],
];

/** What took its whole time to become ready would take it again: the provider has spent the deadline already. */
const TIMED_OUT = /is not ready after|timed out waiting/;
/** An apply conflicts with another manager of the field, who does not give it up by itself. */
const FINAL =
  /is forbidden|exceeded quota|Invalid value|is invalid:|denied the request|Unauthorized|Apply failed with \d+ conflict/;

/** Classifies the message of a failed operation. */
export function classify(message: string): Failure {
  const waitingFor = webhookIn(message) ?? passingCause(message);
  // "Internal error occurred: failed calling webhook ..." is passing; a webhook that answered "denied" is not.
  const ownWords = message.replace(/failed calling webhook.*$/s, "");
  if (waitingFor === undefined || FINAL.test(ownWords)) return { isFinal: true };
  return { isFinal: TIMED_OUT.test(ownWords), waitingFor };
}

/** The webhook that an error is about: `webhook x.cert-manager.io of Service cert-manager/cert-manager-webhook`. */
export function webhookIn(message: string): string | undefined {
  const match = /failed calling webhook "([^"]+)".*/s.exec(message);
  return match === null ? undefined : `webhook ${match[1]}${ofService(match[0])}`;
}

function passingCause(message: string): string | undefined {
  for (const [pattern, describe] of PASSING) {
    const match = pattern.exec(message);
    if (match !== null) return describe(match);
  }
  return undefined;
}

/** The Service whose address a message shows: ` of Service cert-manager/cert-manager-webhook`. */
function ofService(message: string): string {
  const match = /https:\/\/([a-z0-9-]+)\.([a-z0-9-]+)\.svc\b/.exec(message);
  return match === null ? "" : ` of Service ${match[2]}/${match[1]}`;
}
