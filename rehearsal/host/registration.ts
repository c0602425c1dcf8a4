import type resourceProto from "@pulumi/pulumi/proto/resource_pb.js";
import { parseDuration } from "./duration.ts";
import type { Named, ResourceOptions } from "./resources.ts";
import { UnsupportedError } from "./unsupported.ts";
import { isProviderType, resourceUrn, urnName } from "./urn.ts";
import type { Properties } from "./values.ts";

type Request = resourceProto.RegisterResourceRequest;

export interface RegistrationContext {
  readonly project: string;
  readonly stack: string;
  /** Options of a resource that was registered before. */
  readonly optionsOf: (urn: string) => ResourceOptions | undefined;
}

/** What the protocol's request says, in the host's terms. Throws {@link UnsupportedError} naming what is not. */
export function readRegistration(
  request: Request,
  inputs: Properties,
  { project, stack, optionsOf }: RegistrationContext,
): Named {
  refuse(request);
  const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
  const aliases = request.getAliasesList().map((alias) => {
    const spec = alias.getSpec();
    if (spec === undefined) return alias.getUrn();
    const otherParent = spec.getNoparent() ? "" : spec.getParenturn() || parent;
    return resourceUrn({
      project: spec.getProject() || project,
      stack: spec.getStack() || stack,
      type: spec.getType() || type,
      name: spec.getName() || name,
      parent: otherParent || undefined,
    });
  });
  return {
    urn: resourceUrn({ project, stack, type, name, parent: parent || undefined }),
    type,
    name,
    custom: request.getCustom(),
    ...(parent !== "" && { parent }),
    ...(request.getProvider() !== "" && { provider: request.getProvider() }),
    inputs,
    dependencies: request.getDependenciesList().toSorted(),
    propertyDependencies: Object.fromEntries(
      [...request.getPropertydependenciesMap().entries()]
        .map(([key, dependencies]) => [key, dependencies.getUrnsList().toSorted()] as const)
        .filter(([, urns]) => urns.length > 0)
        .toSorted(([a], [b]) => a.localeCompare(b)),
    ),
    options: readOptions(request, aliases, optionsOf(parent)),
  };
}

/** What keeps or deletes a resource holds for its children too, unless they say otherwise. */
function readOptions(request: Request, aliases: readonly string[], inherited: ResourceOptions = {}): ResourceOptions {
  const timeouts = request.getCustomtimeouts();
  const seconds = {
    create: parseDuration(timeouts?.getCreate() ?? ""),
    update: parseDuration(timeouts?.getUpdate() ?? ""),
    delete: parseDuration(timeouts?.getDelete() ?? ""),
  };
  return withoutDefaults({
    protect: (request.hasProtect() ? request.getProtect() : inherited.protect) ?? false,
    retainOnDelete: (request.hasRetainondelete() ? request.getRetainondelete() : inherited.retainOnDelete) ?? false,
    deletedWith: request.getDeletedwith() || (inherited.deletedWith ?? ""),
    ignoreChanges: request.getIgnorechangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases,
    customTimeouts: withoutDefaults(seconds),
    onError: request.getHooks()?.getOnErrorList() ?? [],
    version: isProviderType(request.getType()) ? request.getVersion() : "",
  });
}

/** Only what says something: no `false`, `0`, `""`, `[]` or `{}`. */
function withoutDefaults<T extends object>(options: T): Partial<T> {
  const says = (value: unknown) =>
    typeof value === "object" && value !== null ? Object.keys(value).length > 0 : Boolean(value);
  return Object.fromEntries(Object.entries(options).filter(([, value]) => says(value))) as Partial<T>;
}

function refuse(request: Request): void {
  const hooks = request.getHooks();
  const unsupported: Readonly<Record<string, boolean>> = {
    "remote components": request.getRemote(),
    "the option `import`": request.getImportid() !== "",
    "the option `transforms`": request.getTransformsList().length > 0,
    "the option `stateMigrations`": request.getStateMigrationsList().length > 0,
    "the option `replaceOnChanges`": request.getReplaceonchangesList().length > 0,
    "the option `replaceWith`": request.getReplaceWithList().length > 0,
    "the option `replacementTrigger`": request.hasReplacementTrigger(),
    "the option `envVarMappings`": request.getEnvvarmappingsMap().getLength() > 0,
    "parameterized packages": request.getPackageref() !== "",
    "hooks other than `onError`":
      hooks !== undefined &&
      [
        hooks.getBeforeCreateList(),
        hooks.getAfterCreateList(),
        hooks.getBeforeUpdateList(),
        hooks.getAfterUpdateList(),
        hooks.getBeforeDeleteList(),
        hooks.getAfterDeleteList(),
      ].some((list) => list.length > 0),
  };
  const found = Object.entries(unsupported).find(([, present]) => present);
  if (found === undefined) return;
  const parent = request.getParent();
  const where = parent === "" ? "" : `, in ${urnName(parent)}`;
  throw new UnsupportedError(`${found[0]} (resource ${request.getName()}, ${request.getType()}${where})`);
}
