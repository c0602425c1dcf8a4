import { defined } from "../../kit/defined.ts";
import { type CredentialSource, storedCredentials } from "./credentials.ts";
import type { HttpContext } from "./http.ts";
import { Registry } from "./registry.ts";
import { RETRIES, type RetryPolicy } from "./retry.ts";
import { UPLOADS, type UploadSizes } from "./upload.ts";
import { TIMEOUTS, type Timeouts, Transport } from "./transport.ts";

export interface RegistryOptions {
  /** PEM of authorities that are trusted beside the system's. */
  readonly ca?: readonly string[];
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** Hosts that may have no TLS, or a certificate that nobody signed. */
  readonly insecure?: readonly string[];
  /** Requests to one host at once. @default 4 */
  readonly concurrency?: number;
  readonly retries?: Partial<RetryPolicy>;
  readonly timeouts?: Partial<Timeouts>;
  readonly uploads?: UploadSizes;
  /** Asked before what docker and containers have stored. */
  readonly credentials?: CredentialSource;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Told of waits and second tries. */
  readonly report?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export const HOST_CONCURRENCY = 4;

/** Every registry of one run: each is spoken to through one client, which knows how much it bears. */
export class Registries {
  readonly #context: HttpContext;
  readonly #known = new Map<string, Registry>();

  constructor(options: RegistryOptions = {}) {
    const { env = process.env, concurrency = HOST_CONCURRENCY, uploads = UPLOADS, credentials: given } = options;
    const { ca, certificate, report = () => undefined, signal } = options;
    const insecure = new Set(options.insecure);
    const timeouts = { ...TIMEOUTS, ...options.timeouts };
    const stored = storedCredentials(env);
    this.#context = {
      transport: new Transport({ ...defined({ ca, certificate }), insecure, connections: concurrency, timeouts, env }),
      credentials: async (host, repository) => (await given?.(host, repository)) ?? stored(host, repository),
      retries: { ...RETRIES, ...options.retries },
      timeouts,
      insecure,
      concurrency,
      uploads,
      report,
      ...defined({ signal }),
    };
  }

  of(host: string): Registry {
    const known = this.#known.get(host);
    if (known !== undefined) return known;
    const registry = new Registry(host, this.#context);
    this.#known.set(host, registry);
    return registry;
  }

  close(): Promise<void> {
    return this.#context.transport.close();
  }
}
