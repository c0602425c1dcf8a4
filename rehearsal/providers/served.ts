import {
  type handleUnaryCall,
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import pluginProto from "@pulumi/pulumi/proto/plugin_pb.js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { urnType } from "../host/urn.ts";
import type { Properties } from "../host/values.ts";
import { decodeStruct, encodeStruct } from "../host/wire.ts";
import type { Call, CheckResult, Provider } from "./provider.ts";

/** A provider that another process reaches by Pulumi's own protocol. */
export interface ServedProvider {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Serves a provider of the rehearsal, so that the real engine can be attached to it. */
export async function serve(provider: Provider): Promise<ServedProvider> {
  const ending = new AbortController();
  const server = new Server();
  server.addService(services.ResourceProviderService, handlersOf(provider, ending));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    port,
    close: async () => {
      ending.abort();
      server.forceShutdown();
      await provider.close?.();
    },
  };
}

function handlersOf(provider: Provider, ending: AbortController): UntypedServiceImplementation {
  const call: Call = { signal: ending.signal, status: () => undefined };
  return {
    getPluginInfo: answer(() => new pluginProto.PluginInfo().setVersion("0.0.0")),
    attach: answer(() => new empty.Empty()),
    cancel: answer(() => {
      ending.abort();
      return new empty.Empty();
    }),
    checkConfig: answer((request: proto.CheckRequest) => checked({ inputs: read(request.getNews()), failures: [] })),
    diffConfig: answer(() => new proto.DiffResponse().setChanges(proto.DiffResponse.DiffChanges.DIFF_NONE)),
    configure: answer(async (request: proto.ConfigureRequest) => {
      await provider.configure({ inputs: read(request.getArgs()), preview: false });
      const response = new proto.ConfigureResponse().setAcceptsecrets(true).setAcceptresources(true);
      return response.setSupportspreview(provider.supportsPreview === true);
    }),
    check: answer(async (request: proto.CheckRequest) =>
      checked(
        await provider.check({
          ...named(request),
          ...(request.hasOlds() ? { oldInputs: read(request.getOlds()) } : {}),
          newInputs: read(request.getNews()),
        }),
      ),
    ),
    diff: answer(async (request: proto.DiffRequest) => {
      const { changes, replaces } = await provider.diff({ ...named(request), ...differing(request) });
      const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
      return new proto.DiffResponse().setChanges(changes ? DIFF_SOME : DIFF_NONE).setReplacesList([...replaces]);
    }),
    create: answer(async (request: proto.CreateRequest) => {
      const inputs = read(request.getProperties());
      const asked = { ...named(request), inputs, timeout: request.getTimeout(), preview: request.getPreview() };
      const { id, outputs } = await provider.create(asked, call);
      return new proto.CreateResponse().setId(id).setProperties(write(outputs));
    }),
    update: answer(async (request: proto.UpdateRequest) => {
      const times = { timeout: request.getTimeout(), preview: request.getPreview() };
      const { outputs } = await provider.update({ ...named(request), ...differing(request), ...times }, call);
      return new proto.UpdateResponse().setProperties(write(outputs));
    }),
    read: answer(async (request: proto.ReadRequest) => {
      const [id, inputs] = [request.getId(), read(request.getInputs())];
      const outputs = await provider.read({ ...named(request), id, inputs }, call);
      const response = new proto.ReadResponse();
      return outputs === undefined
        ? response
        : response.setId(id).setInputs(write(inputs)).setProperties(write(outputs));
    }),
    delete: answer(async (request: proto.DeleteRequest) => {
      const [id, outputs] = [request.getId(), read(request.getProperties())];
      await provider.delete({ ...named(request), id, inputs: outputs, outputs, timeout: request.getTimeout() }, call);
      return new empty.Empty();
    }),
  };
}

function answer<Request, Response>(
  handle: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return ({ request }: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => {
    Promise.resolve()
      .then(() => handle(request))
      .then(
        (response) => callback(null, response),
        (error: unknown) =>
          callback({ code: status.UNKNOWN, details: error instanceof Error ? error.message : String(error) }),
      );
  };
}

function checked({ inputs, failures }: CheckResult): proto.CheckResponse {
  const told = failures.map(({ property, reason }) => new proto.CheckFailure().setProperty(property).setReason(reason));
  return new proto.CheckResponse().setInputs(write(inputs)).setFailuresList(told);
}

function named(request: { getUrn(): string }) {
  const urn = request.getUrn();
  return { urn, type: urnType(urn) };
}

function differing(request: proto.DiffRequest | proto.UpdateRequest) {
  return {
    id: request.getId(),
    oldInputs: read(request.getOldInputs()),
    oldOutputs: read(request.getOlds()),
    newInputs: read(request.getNews()),
    ignoreChanges: request.getIgnorechangesList(),
  };
}

function read(given: struct.Struct | undefined): Properties {
  return given === undefined ? {} : decodeStruct(given.serializeBinary());
}

function write(properties: Properties): struct.Struct {
  return struct.Struct.deserializeBinary(encodeStruct(properties));
}
