import fc from "fast-check";
import type { Reference } from "../../../../components/kubeflow/images/reference.ts";

const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
const word = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 8 });
const hexadecimal = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 64, maxLength: 64 });

const component = fc
  .array(word, { minLength: 1, maxLength: 3 })
  .chain((words) => fc.constantFrom(".", "_", "__", "-", "--").map((separator) => words.join(separator)));
export const path = fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));

const name = fc.tuple(word, fc.constantFrom(".example", ".io", ".internal")).map(([first, last]) => `${first}${last}`);
const port = fc.integer({ min: 1, max: 65_535 }).map((number) => `:${number}`);
export const host = fc.oneof(
  fc.constant("docker.io"),
  name,
  fc.tuple(fc.oneof(name, word, fc.constant("localhost")), port).map(([first, last]) => `${first}${last}`),
);
export const tag = fc
  .tuple(
    fc.constantFrom(...letters, "_", "A", "Z"),
    fc.string({ unit: fc.constantFrom(...letters, ".", "-", "_", "R"), maxLength: 20 }),
  )
  .map(([first, rest]) => `${first}${rest}`);
export const digest = hexadecimal.map((digits) => `sha256:${digits}`);

/** References as they are after parsing: an image of Docker Hub is never at its root. */
export const reference: fc.Arbitrary<Reference> = fc
  .record({ host, path, tag, digest }, { requiredKeys: ["host", "path"] })
  .filter(({ host: registry, path: repository }) => registry !== "docker.io" || repository.includes("/"));

/** References that say which version they are. */
export const versioned = reference.filter(({ tag: label, digest: hash }) => label !== undefined || hash !== undefined);
