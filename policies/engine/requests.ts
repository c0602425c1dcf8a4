import analyzerRpc from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import analyzerProto from "@pulumi/pulumi/proto/analyzer_pb.js";
import { detach, fieldsOf } from "../../rehearsal/host/protobuf.ts";
import type { Properties } from "../../rehearsal/host/values.ts";
import { decodePlainStruct } from "../../rehearsal/host/wire.ts";

const PROPERTIES_FIELD = 2;
const RESOURCES_FIELD = 1;
const EMPTY = new Uint8Array();

type Message = analyzerProto.AnalyzeRequest | analyzerProto.AnalyzerResource;

/**
 * Has the SDK read what the engine asks without building a message object for every value: for the objects of a platform
 * that is most of what a pack takes. The messages are the SDK's own but for their properties, which are read when the
 * first policy wants them. To be called before the pack is made.
 */
export function readRequestsDirectly(): void {
  const { AnalyzeRequest, AnalyzerResource } = analyzerProto;
  const { analyze, remediate, analyzeStack } = analyzerRpc.AnalyzerService;
  for (const method of [analyze, remediate]) {
    method.requestDeserialize = (bytes) => read(bytes, (rest) => AnalyzeRequest.deserializeBinary(rest));
  }
  analyzeStack.requestDeserialize = (bytes) => {
    const resources = fieldsOf(bytes, RESOURCES_FIELD).map((part) =>
      read(part, (rest) => AnalyzerResource.deserializeBinary(rest)),
    );
    return Object.assign(new analyzerProto.AnalyzeStackRequest(), { getResourcesList: () => resources });
  };
}

function read<T extends Message>(bytes: Uint8Array, deserialize: (bytes: Uint8Array) => T): T {
  const { part = EMPTY, rest } = detach(bytes, PROPERTIES_FIELD);
  const message = deserialize(rest);
  let decoded: Properties | undefined;
  const toJavaScript = () => (decoded ??= withoutSchemas(message.getType(), decodePlainStruct(part)));
  return Object.assign(message, { getProperties: () => ({ toJavaScript }) });
}

/** Schemas of custom resources are most of the bytes of a platform. No rule reads them, and the SDK copies all it is given. */
function withoutSchemas(type: string, properties: Properties): Properties {
  if (!type.endsWith(":CustomResourceDefinition")) return properties;
  const { spec: _, ...others } = properties;
  return others;
}
