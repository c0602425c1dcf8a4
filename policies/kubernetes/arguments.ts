import type { KubernetesSubject, Subject } from "../resource.ts";
import { EACH, expand } from "./places.ts";
import type { ContainerSubject } from "./pod-templates.ts";

/** A word of the command line of a container. */
export interface ArgumentSubject extends Subject {
  readonly object: KubernetesSubject;
  readonly source: "argument";
  /** The flag that the value is for: `--password`, be it `--password x` or `--password=x`; `""` where it is for none. */
  readonly key: string;
}

/** The words of the command line of a container; `value` leaves out the flag that a word begins with. */
export function argumentsOf(container: ContainerSubject): ArgumentSubject[] {
  const { resource, object, name } = container;
  const words = expand(container.value, [/^(args|command)$/, EACH]);
  return words.map(({ value, path }, index) => {
    const before = words[index - 1]?.value;
    const flag = typeof value === "string" ? FLAG_AND_VALUE.exec(value) : null;
    const key = flag?.[1] ?? (typeof before === "string" && FLAG.test(before) ? before : "");
    const text: unknown = flag?.[2] ?? value;
    const where = [...container.path, ...path];
    return { resource, object, value: text, path: where, name: `an argument of ${name}`, source: "argument", key };
  });
}

const FLAG = /^--?[\w.-]+$/;
const FLAG_AND_VALUE = /^(--?[\w.-]+)=(.*)$/s;
