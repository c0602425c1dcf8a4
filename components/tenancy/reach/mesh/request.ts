/** A request as the sidecar of the pods that it comes to sees it. */
export interface Request {
  /** Of a caller with a proxy of the mesh: `cluster.local/ns/team/sa/default-editor`. Without mutual TLS there is none. */
  readonly principal?: string;
  /** Port of the pods. */
  readonly port: number;
  /** Left out for a connection that is not HTTP. */
  readonly http?: HttpRequest;
}

export interface HttpRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What AuthorizationPolicies know of the pods that are called. */
export interface Called {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The principal of pods in a mesh whose trust domain is the default one. */
export function principalOf(namespace: string, account: string): string {
  return `cluster.local/ns/${namespace}/sa/${account}`;
}

/** The namespace that a principal names. */
export function namespaceOf(principal: string | undefined): string | undefined {
  return /\/ns\/([^/]+)\//.exec(principal ?? "")?.[1];
}
