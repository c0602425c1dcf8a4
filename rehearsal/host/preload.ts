import Module, { createRequire } from "node:module";
import type engineRpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import type engineProto from "@pulumi/pulumi/proto/engine_pb.js";
import type resourceProto from "@pulumi/pulumi/proto/resource_pb.js";
import type structProto from "google-protobuf/google/protobuf/struct_pb.js";
import { attach, detach } from "./protobuf.ts";
import type { Properties } from "./values.ts";
import { decodePlainStruct, encodeStruct } from "./wire.ts";

/*
 * Loaded into the program before Pulumi's runner. What the program does and sends stays the same; it only takes less
 * time: for the 634 objects of a release the SDK needs about 8 s of CPU without and half of that with it.
 */
const require = createRequire(process.argv[1] ?? import.meta.url);

leaveOutSourceMaps();
dropDebugMessages(require("@pulumi/pulumi/proto/engine_grpc_pb.js") as typeof engineRpc);
marshalFaster(
  require("@pulumi/pulumi/proto/resource_pb.js") as typeof resourceProto,
  require("google-protobuf/google/protobuf/struct_pb.js") as typeof structProto,
);

/** The SDK takes a stack trace of every promise, and the runner has each of them mapped. Stripped types move nothing. */
function leaveOutSourceMaps(): void {
  const file = require.resolve("source-map-support/register");
  require.cache[file] = Object.assign(new Module(file), { loaded: true });
}

/** Several a resource, each of them a call of its own that the host would throw away. */
function dropDebugMessages({ EngineClient }: typeof engineRpc): void {
  const DEBUG = 0;
  const client: object = EngineClient.prototype;
  const log = Reflect.get(client, "log") as (request: engineProto.LogRequest, done: () => void) => unknown;
  const logAboveDebug = function (this: unknown, request: engineProto.LogRequest, done: () => void): unknown {
    const severity: number = request.getSeverity();
    return severity === DEBUG ? done() : log.call(this, request, done);
  };
  Reflect.set(client, "log", logAboveDebug);
}

/** Properties of registrations bypass the generated code: see wire.ts. */
function marshalFaster(
  { RegisterResourceRequest, RegisterResourceResponse }: typeof resourceProto,
  { Struct }: typeof structProto,
): void {
  const INPUTS_FIELD = 5;
  const OUTPUTS_FIELD = 3;
  const fromJavaScript = Struct.fromJavaScript.bind(Struct);

  /** Becomes an ordinary Struct as soon as anyone but a registration looks into it. */
  class LazyStruct extends Struct {
    readonly properties: Properties;
    #full: structProto.Struct | undefined;

    constructor(properties: Properties) {
      super();
      this.properties = properties;
    }

    override getFieldsMap(): ReturnType<structProto.Struct["getFieldsMap"]> {
      this.#full ??= fromJavaScript(this.properties);
      return this.#full.getFieldsMap();
    }

    override toJavaScript(): Record<string, never> {
      return this.properties as Record<string, never>;
    }
  }
  Struct.fromJavaScript = (value) => new LazyStruct(value);

  const inputs = new WeakMap<object, Properties>();
  const request: object = RegisterResourceRequest.prototype;
  const setObject = Reflect.get(request, "setObject") as (value: unknown) => object;
  const serializeBinary = Reflect.get(request, "serializeBinary") as () => Uint8Array;
  Reflect.set(request, "setObject", function (this: object, value: unknown): object {
    if (!(value instanceof LazyStruct)) return setObject.call(this, value);
    inputs.set(this, value.properties);
    return this;
  });
  Reflect.set(request, "serializeBinary", function (this: object): Uint8Array {
    const bytes = serializeBinary.call(this);
    const properties = inputs.get(this);
    return properties === undefined ? bytes : attach(bytes, INPUTS_FIELD, encodeStruct(properties));
  });

  const deserializeBinary = RegisterResourceResponse.deserializeBinary.bind(RegisterResourceResponse);
  RegisterResourceResponse.deserializeBinary = (bytes) => {
    const { part = new Uint8Array(), rest } = detach(bytes, OUTPUTS_FIELD);
    const response = deserializeBinary(rest);
    response.getObject = () => new LazyStruct(decodePlainStruct(part));
    return response;
  };
}
