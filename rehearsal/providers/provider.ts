import type { Properties } from "../host/values.ts";

/** What accompanies every call: when to stop waiting, and where to tell what is being waited for. */
export interface Call {
  /** Aborted when the run ends early. Waits and retries stop; a request on its way may be left to finish. */
  readonly signal: AbortSignal;
  /** One line of progress for people, such as `waiting for Deployment kubeflow/mysql: 0 of 1 ready`. */
  readonly status: (message: string) => void;
}

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/**
 * What an operation did to the real object, where the provider can tell; it may find that nothing was to do. What is
 * simulated has no real object.
 */
export type Effect = "created" | "changed" | "unchanged" | "simulated";

export interface Applied {
  readonly id: string;
  readonly outputs: Properties;
  readonly effect?: Effect;
}

export interface ConfigureRequest {
  readonly inputs: Properties;
  readonly preview: boolean;
}

interface Request {
  readonly urn: string;
  /** Type token, such as `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
}

export interface CheckRequest extends Request {
  readonly oldInputs?: Properties;
  readonly newInputs: Properties;
}

export interface CheckResult {
  readonly inputs: Properties;
  readonly failures: readonly CheckFailure[];
}

export interface DiffRequest extends Request {
  readonly id: string;
  readonly oldInputs: Properties;
  readonly oldOutputs: Properties;
  readonly newInputs: Properties;
  readonly ignoreChanges: readonly string[];
}

export interface DiffResult {
  readonly changes: boolean;
  /** Property paths that cannot change in place. */
  readonly replaces: readonly string[];
}

export interface CreateRequest extends Request {
  readonly inputs: Properties;
  readonly timeout: number;
  readonly preview: boolean;
}

export interface UpdateRequest extends DiffRequest {
  readonly timeout: number;
  readonly preview: boolean;
}

export interface ReadRequest extends Request {
  readonly id: string;
  readonly inputs: Properties;
}

export interface DeleteRequest extends Request {
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  readonly timeout: number;
}

export interface InvokeRequest {
  readonly token: string;
  readonly args: Properties;
}

/**
 * A resource provider in the process of the host. Methods and their arguments follow Pulumi's ResourceProvider
 * protocol, so that an adapter to the protocol is only a translation; being in process saves two marshallings an object.
 *
 * Secrets arrive wrapped and must not get into messages. Timeouts are seconds; 0 means the provider's default.
 */
export interface Provider {
  /** True when `create` and `update` understand `preview`; without it a preview shows the checked inputs. */
  readonly supportsPreview?: boolean;
  configure(request: ConfigureRequest): Promise<void>;
  check(request: CheckRequest): Promise<CheckResult>;
  diff(request: DiffRequest): Promise<DiffResult>;
  create(request: CreateRequest, call: Call): Promise<Applied>;
  update(request: UpdateRequest, call: Call): Promise<Applied>;
  /** The live outputs, or undefined when the object is gone. */
  read(request: ReadRequest, call: Call): Promise<Properties | undefined>;
  delete(request: DeleteRequest, call: Call): Promise<void>;
  invoke?(request: InvokeRequest, call: Call): Promise<Properties>;
  /** Releases connections and watches. Called once, after the last operation. */
  close?(): Promise<void>;
}

/** Makes a provider that is not configured yet. */
export type ProviderFactory = () => Provider;

/** Thrown by create and update when the object exists but did not become ready: it goes into the state all the same. */
export class InitializationError extends Error {
  readonly applied: Applied;

  constructor(message: string, applied: Applied, options?: ErrorOptions) {
    super(message, options);
    this.name = "InitializationError";
    this.applied = applied;
  }
}
