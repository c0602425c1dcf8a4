import analyzerProto from "@pulumi/pulumi/proto/analyzer_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { attach } from "./protobuf.ts";
import type { Named } from "./resources.ts";
import { UNKNOWN_SENTINEL } from "./signatures.ts";
import { revealAll } from "./values.ts";
import { encodeStruct } from "./wire.ts";

const PROPERTIES_FIELD = 2;
const RESOURCES_FIELD = 1;

/** The message that asks about one resource. Secrets are in it in clear text: packs see what providers see. */
export function analyzerRequest(resource: Named): Buffer {
  const message = new analyzerProto.AnalyzeRequest();
  message.setType(resource.type);
  message.setUrn(resource.urn);
  message.setName(resource.name);
  message.setOptions(optionsOf(resource));
  return withProperties(message.serializeBinary(), resource);
}

/** The message that asks about all resources of a stack. */
export function stackRequest(resources: readonly Named[]): Buffer {
  const parts = resources.map((resource) => {
    const message = new analyzerProto.AnalyzerResource();
    message.setType(resource.type);
    message.setUrn(resource.urn);
    message.setName(resource.name);
    message.setOptions(optionsOf(resource));
    message.setParent(resource.parent ?? "");
    message.setDependenciesList([...resource.dependencies]);
    return attach(EMPTY, RESOURCES_FIELD, withProperties(message.serializeBinary(), resource));
  });
  return Buffer.concat(parts);
}

/** The message that sets the policies: by name, a level and parameters. */
export function configurationRequest(
  configuration: Readonly<Record<string, { readonly enforcementLevel: keyof typeof LEVELS }>>,
): analyzerProto.ConfigureAnalyzerRequest {
  const message = new analyzerProto.ConfigureAnalyzerRequest();
  for (const [policy, { enforcementLevel, ...parameters }] of Object.entries(configuration)) {
    const entry = new analyzerProto.PolicyConfig();
    entry.setEnforcementlevel(LEVELS[enforcementLevel]);
    entry.setProperties(struct.Struct.fromJavaScript(parameters));
    message.getPolicyconfigMap().set(policy, entry);
  }
  return message;
}

const LEVELS = {
  advisory: analyzerProto.EnforcementLevel.ADVISORY,
  mandatory: analyzerProto.EnforcementLevel.MANDATORY,
  disabled: analyzerProto.EnforcementLevel.DISABLED,
  remediate: analyzerProto.EnforcementLevel.REMEDIATE,
} as const;

const EMPTY = new Uint8Array();

function withProperties(message: Uint8Array, { inputs }: Named): Buffer {
  return attach(message, PROPERTIES_FIELD, encodeStruct(revealAll(inputs, UNKNOWN_SENTINEL)));
}

function optionsOf({ options, parent }: Named): analyzerProto.AnalyzerResourceOptions {
  const message = new analyzerProto.AnalyzerResourceOptions();
  message.setProtect(options.protect ?? false);
  message.setIgnorechangesList([...(options.ignoreChanges ?? [])]);
  message.setAliasesList([...(options.aliases ?? [])]);
  message.setAdditionalsecretoutputsList([...(options.additionalSecretOutputs ?? [])]);
  message.setParent(parent ?? "");
  return message;
}
