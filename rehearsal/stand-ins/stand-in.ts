import type { Client } from "../control-plane/client.ts";
import type { Authority } from "../control-plane/pki.ts";
import type { Cluster } from "./cluster.ts";

/** What every stand-in gets. */
export interface Context {
  readonly client: Client;
  readonly cluster: Cluster;
  /** Signs every certificate that the release asks for; one for all. */
  readonly authority: Authority;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}
