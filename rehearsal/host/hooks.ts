import grpc from "@grpc/grpc-js";
import callbackRpc from "@pulumi/pulumi/proto/callback_grpc_pb.js";
import callbackProto from "@pulumi/pulumi/proto/callback_pb.js";
import resourceProto from "@pulumi/pulumi/proto/resource_pb.js";
import { attach } from "./protobuf.ts";
import type { ResourceState } from "./resources.ts";
import type { Properties } from "./values.ts";
import { encodeStruct } from "./wire.ts";

/** What an error hook is asked about. */
export interface FailedAttempt {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly operation: "create" | "update" | "delete";
  readonly inputs: Properties;
  readonly old: ResourceState | undefined;
  /** One message a failed attempt, newest first. */
  readonly errors: readonly string[];
}

const NEW_INPUTS = 5;
const OLD_INPUTS = 6;
const OLD_OUTPUTS = 7;

/** The error hooks that the program has registered, called back over the program's own gRPC server. */
export class ErrorHooks {
  readonly #callbacks = new Map<string, { readonly target: string; readonly token: string }>();
  readonly #clients = new Map<string, callbackRpc.CallbacksClient>();

  register(name: string, callback: { readonly target: string; readonly token: string }): void {
    this.#callbacks.set(name, callback);
  }

  /** True when one of the named hooks wants the operation tried again. All are asked. Throws when one of them throws. */
  async wantRetry(names: readonly string[], attempt: FailedAttempt): Promise<boolean> {
    if (names.length === 0) return false;
    const request = serialise(attempt);
    let retry = false;
    for (const name of names) retry = (await this.#ask(name, request)) || retry;
    return retry;
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }

  async #ask(name: string, request: Uint8Array): Promise<boolean> {
    const callback = this.#callbacks.get(name);
    if (callback === undefined) throw new Error(`the error hook "${name}" was not registered`);
    const invocation = new callbackProto.CallbackInvokeRequest();
    invocation.setToken(callback.token);
    invocation.setRequest(request);
    const answer = await new Promise<Uint8Array>((resolve, reject) => {
      this.#client(callback.target).invoke(invocation, (error, response) => {
        if (error === null) resolve(response.getResponse_asU8());
        else reject(new Error(`the error hook "${name}" could not be called: ${error.message}`));
      });
    });
    const response = resourceProto.ErrorHookResponse.deserializeBinary(answer);
    if (response.getError() !== "") throw new Error(`the error hook "${name}" failed: ${response.getError()}`);
    return response.getRetry();
  }

  #client(target: string): callbackRpc.CallbacksClient {
    let client = this.#clients.get(target);
    if (client === undefined) {
      client = new callbackRpc.CallbacksClient(target, grpc.credentials.createInsecure());
      this.#clients.set(target, client);
    }
    return client;
  }
}

function serialise(attempt: FailedAttempt): Uint8Array {
  const request = new resourceProto.ErrorHookRequest();
  request.setUrn(attempt.urn);
  request.setId(attempt.old?.id ?? "");
  request.setName(attempt.name);
  request.setType(attempt.type);
  request.setFailedOperation(attempt.operation);
  request.setErrorsList([...attempt.errors]);
  let bytes = attach(request.serializeBinary(), NEW_INPUTS, encodeStruct(attempt.inputs));
  if (attempt.old !== undefined) {
    bytes = attach(bytes, OLD_INPUTS, encodeStruct(attempt.old.inputs));
    bytes = attach(bytes, OLD_OUTPUTS, encodeStruct(attempt.old.outputs));
  }
  return bytes;
}
