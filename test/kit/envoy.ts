import { LuaFactory } from "wasmoon";

/** A header as Envoy has it after its codecs: the name in lower case. */
export type Header = readonly [name: string, value: string];

export interface Message {
  readonly headers: readonly Header[];
  /** Whether the downstream connection is one of TLS. */
  readonly tls: boolean;
}

/** What a filter made of a request. */
export interface Passed {
  readonly headers: readonly Header[];
  /** The filter's own answer, with which it ended the request; undefined where it let it through. */
  readonly answer: Readonly<Record<string, string>> | undefined;
}

export interface LuaFilter {
  readonly request: (message: Message) => Passed;
  readonly response: (message: Message) => readonly Header[];
}

/**
 * Runs the script of a Lua filter against as much of Envoy 1.25's interface as the entrance needs, after its source
 * (source/extensions/filters/http/lua, `HeaderMapWrapper` and `StreamHandleWrapper`). Whatever else a script calls, or
 * passes, is its error and thrown; Envoy would log it and let the message through.
 */
export async function luaFilter(script: string): Promise<LuaFilter> {
  const lua = await new LuaFactory().createEngine({ injectObjects: false });
  await lua.doString(script);
  const call = (name: string, handle: StreamHandle) => {
    try {
      (lua.global.get(name) as (handle: StreamHandle) => void)(handle);
    } catch (error) {
      if (handle.answer === undefined) throw error;
    }
  };
  return {
    request: (message) => {
      const handle = new StreamHandle(message);
      call("envoy_on_request", handle);
      return { headers: handle.map.entries, answer: handle.answer };
    },
    response: (message) => {
      const handle = new StreamHandle(message);
      call("envoy_on_response", handle);
      return handle.map.entries;
    },
  };
}

class StreamHandle {
  readonly map: HeaderMap;
  answer: Record<string, string> | undefined;
  readonly #tls: boolean;

  constructor({ headers, tls }: Message) {
    this.map = new HeaderMap(headers);
    this.#tls = tls;
  }

  headers(): HeaderMap {
    return this.map;
  }

  streamInfo() {
    return { downstreamSslConnection: () => (this.#tls ? {} : undefined) };
  }

  /** Ends the script, as there: nothing after it runs. */
  respond(headers: Record<string, string>, _body?: string): never {
    const status = Number(headers[":status"]);
    if (!(status >= 200 && status < 600)) throw new Error(":status must be between 200-599");
    this.answer = headers;
    throw new Error("responded");
  }
}

class HeaderMap {
  entries: Header[];

  constructor(headers: readonly Header[]) {
    this.entries = headers.map(([name, value]) => [name.toLowerCase(), value]);
  }

  /** Of several values all, with commas between. */
  get(name: string): string | undefined {
    const values = this.#values(name);
    return values.length === 0 ? undefined : values.join(",");
  }

  getNumValues(name: string): number {
    return this.#values(name).length;
  }

  /** From 0; nil for an empty value too. */
  getAtIndex(name: string, index: number): string | undefined {
    const value = this.#values(name)[index];
    return value === "" ? undefined : value;
  }

  add(name: string, value: string): void {
    this.entries.push([text(name).toLowerCase(), text(value)]);
  }

  replace(name: string, value: string): void {
    this.remove(name);
    this.add(name, value);
  }

  remove(name: string): void {
    const removed = text(name).toLowerCase();
    this.entries = this.entries.filter(([each]) => each !== removed);
  }

  #values(name: string): string[] {
    const asked = text(name).toLowerCase();
    return this.entries.filter(([each]) => each === asked).map(([, value]) => value);
  }
}

function text(argument: unknown): string {
  if (typeof argument !== "string") throw new Error(`string expected, got ${typeof argument}`);
  return argument;
}
