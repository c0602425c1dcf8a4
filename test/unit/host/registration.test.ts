import engineRpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import resourceRpc from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import resourceProto from "@pulumi/pulumi/proto/resource_pb.js";
import { describe, expect, it } from "vitest";
import { readRegistration } from "../../../rehearsal/host/registration.ts";
import type { ResourceOptions } from "../../../rehearsal/host/resources.ts";

/*
 * Nothing of the protocol may be ignored unnoticed: what a newer SDK adds must be put into one of these lists, and then
 * read or refused.
 */
const READ = [
  "additionalsecretoutputs",
  "aliases",
  "custom",
  "customtimeouts",
  "deletedwith",
  "dependencies",
  "hooks",
  "ignorechanges",
  "name",
  "object",
  "parent",
  "propertydependencies",
  "protect",
  "provider",
  "retainondelete",
  "type",
  "version",
];
const REFUSED = [
  "envvarmappings",
  "importid",
  "packageref",
  "remote",
  "replaceWith",
  "replaceonchanges",
  "replacementTrigger",
  "stateMigrations",
  "transforms",
];
const WITHOUT_EFFECT = {
  "of the SDK: how it writes requests and reads answers": [
    "acceptresources",
    "acceptsByteString",
    "acceptsecrets",
    "aliasspecs",
    "supportspartialvalues",
    "supportsresultreporting",
  ],
  "for an engine without aliasSpecs": ["aliasurns"],
  "for remote components, which are refused": ["providers"],
  "for replacements, which are refused": ["deletebeforereplace", "deletebeforereplacedefined"],
  "where plugins come from": ["pluginchecksums", "plugindownloadurl"],
  "only shown": ["hidediffs", "parentstacktracehandle", "snippetid", "sourceposition", "stacktrace"],
};

describe("the protocol", () => {
  it("has no field of a registration that is not accounted for", () => {
    const fields = Object.keys(new resourceProto.RegisterResourceRequest().toObject()).map((field) =>
      field.replace(/(List|Map)$/, ""),
    );
    expect(fields.toSorted()).toEqual([...READ, ...REFUSED, ...Object.values(WITHOUT_EFFECT).flat()].toSorted());
  });

  it("has no hook but the one that is served and those that are refused", () => {
    expect(Object.keys(new resourceProto.RegisterResourceRequest.ResourceHooksBinding().toObject())).toEqual([
      "beforeCreateList",
      "afterCreateList",
      "beforeUpdateList",
      "afterUpdateList",
      "beforeDeleteList",
      "afterDeleteList",
      "onErrorList",
    ]);
  });

  it("has no call that the monitor would have to know", () => {
    expect(Object.keys({ ...resourceRpc.ResourceMonitorService, ...engineRpc.EngineService }).toSorted()).toEqual([
      "call",
      "existsResource",
      "getDeploymentInfo",
      "getRootResource",
      "invoke",
      "log",
      "readResource",
      "registerErrorHook",
      "registerPackage",
      "registerResource",
      "registerResourceHook",
      "registerResourceOutputs",
      "registerStackInvokeTransform",
      "registerStackTransform",
      "requirePulumiVersion",
      "setRootResource",
      "signalAndWaitForShutdown",
      "startDebugging",
      "supportsFeature",
    ]);
  });
});

describe("what keeps or deletes a resource", () => {
  const parent = "urn:pulumi:stack::project::a:b:C::parent";
  const read = (
    inherited: ResourceOptions,
    change: (request: resourceProto.RegisterResourceRequest) => void = () => undefined,
  ) => {
    const request = new resourceProto.RegisterResourceRequest();
    request.setType("a:b:D");
    request.setName("child");
    request.setParent(parent);
    change(request);
    const optionsOf = (urn: string) => (urn === parent ? inherited : undefined);
    return readRegistration(request, {}, { project: "project", stack: "stack", optionsOf }).options;
  };
  const kept: ResourceOptions = { protect: true, retainOnDelete: true, deletedWith: "urn:host" };

  it("is inherited from the parent, and nothing else is", () => {
    expect(read({ ...kept, ignoreChanges: ["a"], customTimeouts: { create: 1 } })).toEqual(kept);
    expect(read({})).toEqual({});
  });

  it("is the resource's own where it says so", () => {
    const own = read(kept, (request) => {
      request.setProtect(false);
      request.setRetainondelete(false);
      request.setDeletedwith("urn:other");
    });
    expect(own).toEqual({ deletedWith: "urn:other" });
  });
});
