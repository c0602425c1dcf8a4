import { namespaceOf, type Request } from "./request.ts";

/** A field of a policy: the part of a request that it is about. */
export interface Field {
  /** Whether only HTTP has it. */
  readonly isHttp: boolean;
  readonly of: (request: Request) => string | undefined;
}

const principal: Field = { isHttp: false, of: (request) => request.principal };
const namespace: Field = { isHttp: false, of: (request) => namespaceOf(request.principal) };
const port: Field = { isHttp: false, of: (request) => String(request.port) };

/** Fields of `from[].source`; each has a twin of what it may not be, `notPrincipals`. */
export const SOURCE_FIELDS: Readonly<Record<string, Field>> = { principals: principal, namespaces: namespace };

/** Fields of `to[].operation`. */
export const OPERATION_FIELDS: Readonly<Record<string, Field>> = {
  hosts: { isHttp: true, of: ({ http }) => http?.host.toLowerCase() },
  methods: { isHttp: true, of: ({ http }) => http?.method },
  paths: { isHttp: true, of: ({ http }) => http?.path },
  ports: port,
};

/** Keys of `when`; undefined for those that are not known here. */
export function conditionField(key: string): Field | undefined {
  const header = /^request\.headers\[(.+)\]$/.exec(key)?.[1]?.toLowerCase();
  if (header !== undefined) return { isHttp: true, of: ({ http }) => http?.headers[header] };
  return CONDITION_FIELDS[key];
}

/** What a `when` may ask about beside headers. */
export const CONDITION_FIELDS: Readonly<Record<string, Field>> = {
  "source.principal": principal,
  "source.namespace": namespace,
  "destination.port": port,
};
