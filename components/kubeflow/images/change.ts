import { textAt } from "../../kit/objects.ts";

/** A value with the one at `path` changed; the very same value where the change changes nothing. */
export function changedAt<T>(value: T, path: readonly (string | number)[], change: (inner: unknown) => unknown): T {
  const [step, ...rest] = path;
  if (step === undefined) return change(value) as T;
  const before = (value as Record<string | number, unknown> | undefined)?.[step];
  const after = changedAt(before, rest, change);
  if (after === before) return value;
  if (Array.isArray(value)) return value.with(step as number, after) as T;
  return { ...value, [step]: after };
}

/** A list with each of its members changed; the very same list where nothing changes. */
export function changedEach<T>(list: readonly T[], change: (member: T) => T): readonly T[] {
  const changed = list.map(change);
  return changed.some((member, index) => member !== list[index]) ? changed : list;
}

/** The value with the container of that name changed, at a pod template. */
export function changedContainer<T extends object>(
  object: T,
  name: string,
  change: (container: Record<string, unknown>) => Record<string, unknown>,
): T {
  return changedAt(object, ["spec", "template", "spec", "containers"], (containers) =>
    changedEach(containers as Record<string, unknown>[], (container) =>
      textAt(container, "name") === name ? change(container) : container,
    ),
  );
}
