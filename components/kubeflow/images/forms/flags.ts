import { listAt, objectId } from "../../../kit/objects.ts";
import type { FlagPlace } from "../places.ts";
import { changedContainer } from "../change.ts";
import type { Form, Visit } from "./form.ts";

/** Command line flags; one that is not set stands for what is compiled in, and is set once that is rewritten. */
export function flags(places: readonly FlagPlace[]): Form {
  return {
    name: "flag",
    through: (object, visit) =>
      places
        .filter(({ workload }) => workload === objectId(object))
        .reduce(
          (changing, place) =>
            changedContainer(changing, place.container, (container) => {
              const before = listAt(container, "args") as readonly string[];
              const args = withFlag(before, place, visit);
              return args === before ? container : { ...container, args };
            }),
          object,
        ),
  };
}

function withFlag(
  args: readonly string[],
  { container, flag, compiledIn }: FlagPlace,
  visit: Visit,
): readonly string[] {
  const joined = args.findIndex((argument) => argument.startsWith(`${flag}=`));
  const index = joined < 0 ? args.indexOf(flag) + 1 : joined;
  const prefix = joined < 0 ? "" : `${flag}=`;
  if (joined < 0 && index === 0) {
    if (compiledIn === undefined) return args;
    const after = visit(compiledIn, { field: `[${container}] ${flag}`, compiledIn: true });
    return after === compiledIn ? args : [...args, `${flag}=${after}`];
  }
  const before = (args[index] ?? "").slice(prefix.length);
  const after = visit(before, { field: `[${container}] ${flag}` });
  return after === before ? args : args.with(index, `${prefix}${after}`);
}
