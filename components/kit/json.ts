import type { z } from "zod";

/** The value of a JSON text, undefined for what is none; bytes must be UTF-8. */
export function parseJson(content: string | Uint8Array): unknown {
  try {
    return JSON.parse(
      typeof content === "string" ? content : new TextDecoder("utf-8", { fatal: true }).decode(content),
    );
  } catch {
    return undefined;
  }
}

/** What a JSON text holds. Throws what `refuse` makes of the first thing that its schema forbids. */
export function readJson<T>(schema: z.ZodType<T>, content: string | Uint8Array, refuse: (why: string) => Error): T {
  const value = parseJson(content);
  const { data, error } = schema.safeParse(value);
  if (error === undefined) return data;
  const [{ path, message } = { path: [], message: "" }] = error.issues;
  throw refuse(value === undefined ? "it is no JSON" : [path.join("."), message].filter(Boolean).join(": "));
}
