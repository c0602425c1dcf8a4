import { promisify } from "node:util";
import grpc from "@grpc/grpc-js";
import engineRpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineProto from "@pulumi/pulumi/proto/engine_pb.js";
import providerProto from "@pulumi/pulumi/proto/provider_pb.js";
import resourceRpc from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import resourceProto from "@pulumi/pulumi/proto/resource_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import type { Engine } from "./engine.ts";
import { StoppedError } from "./reconciler.ts";
import { readRegistration } from "./registration.ts";
import type { ProviderRegistry } from "./registry.ts";
import { attach, detach } from "./protobuf.ts";
import { UnsupportedError } from "./unsupported.ts";
import type { Properties } from "./values.ts";
import { decodeStruct, encodeStruct } from "./wire.ts";

export interface MonitorOptions {
  readonly project: string;
  readonly stack: string;
  readonly organization: string;
  readonly preview: boolean;
  readonly parallel: number;
  readonly engine: Engine;
  readonly registry: ProviderRegistry;
  readonly onLog: (entry: LogEntry) => void;
}

export type LogSeverity = "debug" | "info" | "warning" | "error";

export interface LogEntry {
  readonly severity: LogSeverity;
  readonly message: string;
  readonly urn: string;
}

export interface Monitor {
  /** `host:port` on the loopback interface. */
  readonly address: string;
  close(): void;
}

/** One CustomResourceDefinition alone can exceed gRPC's default of 4 MB. */
const LARGEST_MESSAGE = 400 * 1024 * 1024;
const INPUTS_FIELD = 5;
const OUTPUTS_FIELD = 3;
const COMPONENT_OUTPUTS_FIELD = 2;

const { ResourceMonitorFeature: Feature } = resourceProto;

/**
 * What the SDK may ask for. Of the second half each use is refused by its name, here or in registration.ts: the SDK
 * itself would tell people to update a CLI that they do not run.
 */
const FEATURES: Readonly<Record<string, number>> = {
  secrets: Feature.RESOURCE_MONITOR_FEATURE_SECRETS,
  resourceReferences: Feature.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
  outputValues: Feature.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
  aliasSpecs: Feature.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
  deletedWith: Feature.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
  errorHooks: Feature.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS,

  transforms: Feature.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
  invokeTransforms: Feature.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
  resourceHooks: Feature.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
  parameterization: Feature.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
  replaceWith: Feature.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
  stateMigrations: Feature.RESOURCE_MONITOR_FEATURE_STATE_MIGRATIONS,
};

/** Serves Pulumi's ResourceMonitor and Engine protocols to a program, on an ephemeral port of the loopback interface. */
export async function serveMonitor(options: MonitorOptions): Promise<Monitor> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": LARGEST_MESSAGE,
    "grpc.max_send_message_length": LARGEST_MESSAGE,
  });
  server.addService(monitorService, monitorCalls(options));
  server.addService(engineRpc.EngineService, engineCalls(options));
  const bind = promisify(server.bindAsync.bind(server));
  const port = await bind("127.0.0.1:0", grpc.ServerCredentials.createInsecure());
  return { address: `127.0.0.1:${port}`, close: () => server.forceShutdown() };
}

/** A message whose properties stay bytes until they are needed: see wire.ts. */
interface Framed<Message> {
  readonly message: Message;
  readonly properties: Uint8Array;
}

const EMPTY = new Uint8Array();

/** The generated service, except that properties bypass the generated code. */
const monitorService = {
  ...resourceRpc.ResourceMonitorService,
  registerResource: {
    ...resourceRpc.ResourceMonitorService.registerResource,
    requestDeserialize: (bytes: Buffer): Framed<resourceProto.RegisterResourceRequest> => {
      const { part = EMPTY, rest } = detach(bytes, INPUTS_FIELD);
      return { message: resourceProto.RegisterResourceRequest.deserializeBinary(rest), properties: part };
    },
    responseSerialize: ({ message, properties }: Framed<resourceProto.RegisterResourceResponse>) =>
      attach(message.serializeBinary(), OUTPUTS_FIELD, properties),
  },
  registerResourceOutputs: {
    ...resourceRpc.ResourceMonitorService.registerResourceOutputs,
    requestDeserialize: (bytes: Buffer): Framed<resourceProto.RegisterResourceOutputsRequest> => {
      const { part = EMPTY, rest } = detach(bytes, COMPONENT_OUTPUTS_FIELD);
      return { message: resourceProto.RegisterResourceOutputsRequest.deserializeBinary(rest), properties: part };
    },
  },
} as unknown as grpc.ServiceDefinition;

function monitorCalls(options: MonitorOptions): grpc.UntypedServiceImplementation {
  const { engine, registry } = options;
  const unary = unaryOf(engine);
  const optionsOf = (urn: string) => engine.registered(urn)?.options;
  const calls = {
    getDeploymentInfo: unary(() => {
      const info = new resourceProto.DeploymentInfo();
      info.setProject(options.project);
      info.setStack(options.stack);
      info.setOrganization(options.organization);
      info.setDryrun(options.preview);
      info.setParallel(options.parallel);
      info.setSupportedfeaturesList(Object.values(FEATURES));
      return info;
    }),
    supportsFeature: unary((request: resourceProto.SupportsFeatureRequest) => {
      const response = new resourceProto.SupportsFeatureResponse();
      response.setHassupport(Object.hasOwn(FEATURES, request.getId()));
      return response;
    }),
    registerResource: unary(async ({ message, properties }: Framed<resourceProto.RegisterResourceRequest>) => {
      const registration = readRegistration(message, decodeStruct(properties), { ...options, optionsOf });
      const { urn, id, outputs } = await engine.register(registration);
      const response = new resourceProto.RegisterResourceResponse();
      response.setUrn(urn);
      response.setId(id);
      return { message: response, properties: encodeStruct(outputs) };
    }),
    registerResourceOutputs: unary(({ message, properties }: Framed<resourceProto.RegisterResourceOutputsRequest>) => {
      engine.setOutputs(message.getUrn(), decodeStruct(properties));
      return new empty.Empty();
    }),
    registerErrorHook: unary((request: resourceProto.RegisterErrorHookRequest) => {
      const callback = request.getCallback();
      const [target, token] = [callback?.getTarget() ?? "", callback?.getToken() ?? ""];
      engine.hooks.register(request.getName(), { target, token });
      return new empty.Empty();
    }),
    invoke: unary(async (request: resourceProto.ResourceInvokeRequest) => {
      const token = request.getTok();
      const provider = await registry.find(`function ${token}`, request.getProvider() || undefined);
      if (provider?.invoke === undefined) throw new UnsupportedError(`the function ${token}`);
      const args = decodeStruct(request.getArgs()?.serializeBinary() ?? EMPTY);
      const call = { signal: engine.stopped, status: () => undefined };
      const response = new resourceProto.ResourceInvokeResponse();
      response.setReturn(generatedStruct(await provider.invoke({ token, args }, call)));
      return response;
    }),
    readResource: unary((request: resourceProto.ReadResourceRequest) => {
      throw new UnsupportedError(`reading the existing resource ${request.getName()} (${request.getType()})`);
    }),
    registerResourceHook: unary(() => {
      throw new UnsupportedError("resource hooks other than error hooks");
    }),
    signalAndWaitForShutdown: unary(() => new empty.Empty()),
  };
  return { ...refuseAll(resourceRpc.ResourceMonitorService, unary), ...calls };
}

const SEVERITIES: readonly LogSeverity[] = ["debug", "info", "warning", "error"];

function engineCalls({ engine, onLog }: MonitorOptions): grpc.UntypedServiceImplementation {
  const unary = unaryOf(engine);
  let root = "";
  return {
    ...refuseAll(engineRpc.EngineService, unary),
    log: unary((request: engineProto.LogRequest) => {
      const severity = SEVERITIES[request.getSeverity()] ?? "info";
      onLog({ severity, message: request.getMessage(), urn: request.getUrn() });
      return new empty.Empty();
    }),
    setRootResource: unary((request: engineProto.SetRootResourceRequest) => {
      root = request.getUrn();
      return new engineProto.SetRootResourceResponse();
    }),
    getRootResource: unary(() => {
      const response = new engineProto.GetRootResourceResponse();
      response.setUrn(root);
      return response;
    }),
  };
}

type Unary = <Request, Response>(
  handle: (request: Request) => Response | Promise<Response>,
) => grpc.handleUnaryCall<Request, Response>;

/**
 * Makes calls without streams. What they throw goes to the program as the error's message; what is not supported ends
 * the run besides, for the SDK does not tell every error of a call.
 */
function unaryOf(engine: Engine): Unary {
  return (handle) => (call, callback) => {
    Promise.try(() => handle(call.request)).then(
      (response) => callback(null, response),
      (error: unknown) => {
        if (error instanceof UnsupportedError) engine.refuse(error);
        callback(statusOf(error));
      },
    );
  };
}

/** UNAVAILABLE, as the real engine answers: the SDK ends the program quietly, for the engine reports the failure. */
function statusOf(error: unknown): Partial<grpc.StatusObject> {
  const details = error instanceof Error ? error.message : String(error);
  if (error instanceof StoppedError) return { code: grpc.status.UNAVAILABLE, details };
  if (error instanceof UnsupportedError) return { code: grpc.status.UNIMPLEMENTED, details };
  return { code: grpc.status.UNKNOWN, details };
}

function refuseAll(service: object, unary: Unary): grpc.UntypedServiceImplementation {
  const refusal = (name: string) =>
    unary(() => {
      throw new UnsupportedError(`the call ${name}`);
    });
  return Object.fromEntries(Object.keys(service).map((name) => [name, refusal(name)]));
}

function generatedStruct(properties: Properties) {
  const bytes = encodeStruct(properties);
  return providerProto.InvokeResponse.deserializeBinary(attach(EMPTY, 1, bytes)).getReturn();
}
