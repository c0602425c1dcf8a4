import Module, { createRequire } from "node:module";
import type * as sdkLog from "@pulumi/pulumi/log/index.js";
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
dropDebugMessages(
  require("@pulumi/pulumi/log/index.js") as { -readonly [K in keyof typeof sdkLog]: (typeof sdkLog)[K] },
);
leaveOutStackTraces(require("@pulumi/pulumi/runtime/debuggable.js") as Debuggable);
marshalFaster(
  require("@pulumi/pulumi/proto/resource_pb.js") as typeof resourceProto,
  require("google-protobuf/google/protobuf/struct_pb.js") as typeof structProto,
);

/** The runner has every stack trace mapped. Stripped types move nothing. */
function leaveOutSourceMaps(): void {
  const file = require.resolve("source-map-support/register");
  require.cache[file] = Object.assign(new Module(file), { loaded: true });
}

/** Several a resource, each of them a call of its own that the host would throw away. */
function dropDebugMessages(log: { debug: typeof sdkLog.debug }): void {
  log.debug = () => Promise.resolve();
}

interface Debuggable {
  readonly debugPromiseLeaks: boolean;
  debuggablePromise: (promise: Promise<unknown>, context: unknown) => Promise<unknown>;
}

/** Of each promise the SDK remembers where it was made, which is told of those that leak, where it is asked for. */
function leaveOutStackTraces(debuggable: Debuggable): void {
  if (debuggable.debugPromiseLeaks) return;
  const { debuggablePromise } = debuggable;
  debuggable.debuggablePromise = (promise, context) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
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
