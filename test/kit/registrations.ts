import * as pulumi from "@pulumi/pulumi";
import type { JsonObject } from "../../rehearsal/host/values.ts";

/** A resource as a component registered it. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly inputs: JsonObject;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly ignoreChanges: readonly string[];
  /** Name of the resource that takes it along. */
  readonly deletedWith: string | undefined;
  /** `type name` of everything that must be there before it. */
  readonly dependencies: readonly string[];
}

interface RegisterRequest {
  getType(): string;
  getName(): string;
  getProtect(): boolean;
  getRetainondelete(): boolean;
  getIgnorechangesList(): string[];
  getDeletedwith(): string;
  getDependenciesList(): string[];
}

/**
 * What `make` registers, without an engine. `outputs` is what the providers add, by type and inputs; a resource's id is
 * its name with `-id` behind it.
 */
export async function registrationsOf(
  make: () => void,
  outputs: (type: string, inputs: JsonObject) => JsonObject = () => ({}),
): Promise<Registration[]> {
  const inputs = new Map<string, JsonObject>();
  const requests: RegisterRequest[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        const given = args.inputs as JsonObject;
        inputs.set(`${args.type} ${args.name}`, given);
        return { id: `${args.name}-id`, state: { ...given, ...outputs(args.type, given) } };
      },
      call: ({ token }) => {
        throw new Error(`the program asks a cloud: ${token}`);
      },
    },
    "kubeflow",
    "test",
    false,
  );
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource: (request: RegisterRequest, ...rest: unknown[]) => unknown;
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, ...rest) => {
    requests.push(request);
    return register(request, ...rest);
  };
  make();
  await pulumi.runtime.disconnect();
  return requests.map((request) =>
    registrationOf(request, inputs.get(`${request.getType()} ${request.getName()}`) ?? {}),
  );
}

/** Those of one type. */
export function of(registered: readonly Registration[], type: string): Registration[] {
  return registered.filter((one) => one.type === type);
}

/** Inputs of the one of that type and name. */
export function named(registered: readonly Registration[], type: string, name: string): JsonObject | undefined {
  return of(registered, type).find((one) => one.name === name)?.inputs;
}

function registrationOf(request: RegisterRequest, inputs: JsonObject): Registration {
  const deletedWith = request.getDeletedwith();
  return {
    type: request.getType(),
    name: request.getName(),
    inputs,
    protect: request.getProtect(),
    retainOnDelete: request.getRetainondelete(),
    ignoreChanges: request.getIgnorechangesList(),
    deletedWith: deletedWith === "" ? undefined : nameOf(deletedWith),
    dependencies: request.getDependenciesList().map((urn) => `${typeOf(urn)} ${nameOf(urn)}`),
  };
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? "";
}

function typeOf(urn: string): string {
  return urn.split("::").at(-2)?.split("$").at(-1) ?? "";
}
