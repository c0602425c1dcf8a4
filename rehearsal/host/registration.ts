import type resourceProto from "@pulumi/pulumi/proto/resource_pb.js";
import { UserError } from "../../components/kit/errors.ts";
import { parseDuration } from "./duration.ts";
import type { Named, ResourceOptions } from "./resources.ts";
import { isProviderType, resourceUrn, urnName } from "./urn.ts";
import type { Properties } from "./values.ts";

type Request = resourceProto.RegisterResourceRequest;

/** What the protocol's request says, in the host's terms. Throws UserError naming what the host does not support. */
export function readRegistration(
  request: Request,
  inputs: Properties,
  { project, stack }: { readonly project: string; readonly stack: string },
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
    options: readOptions(request, aliases),
  };
}

function readOptions(request: Request, aliases: readonly string[]): ResourceOptions {
  const timeouts = request.getCustomtimeouts();
  const seconds = {
    create: parseDuration(timeouts?.getCreate() ?? ""),
    update: parseDuration(timeouts?.getUpdate() ?? ""),
    delete: parseDuration(timeouts?.getDelete() ?? ""),
  };
  return withoutDefaults({
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    deletedWith: request.getDeletedwith(),
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
  throw new UserError(
    `the rehearsal host does not support ${found[0]} (resource ${request.getName()}, ${request.getType()}` +
      `${parent === "" ? "" : `, in ${urnName(parent)}`})`,
    { next: "use the real engine for this program" },
  );
}
