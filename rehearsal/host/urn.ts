/** Names of resources as Pulumi forms them: `urn:pulumi:<stack>::<project>::<parent type$...$type>::<name>`. */
export const STACK_TYPE = "pulumi:pulumi:Stack";

const SCOPE = "urn:pulumi:";

export function stackUrn(project: string, stack: string): string {
  return `${SCOPE}${stack}::${project}::${STACK_TYPE}::${project}-${stack}`;
}

export function resourceUrn(options: {
  readonly project: string;
  readonly stack: string;
  readonly type: string;
  readonly name: string;
  readonly parent: string | undefined;
}): string {
  const parentType = options.parent === undefined ? STACK_TYPE : qualifiedType(options.parent);
  const type = parentType === STACK_TYPE ? options.type : `${parentType}$${options.type}`;
  return `${SCOPE}${options.stack}::${options.project}::${type}::${options.name}`;
}

/**
 * The URN that a child had while its parent had another one. A child whose name begins with its parent's had a name
 * that began with the parent's former one.
 */
export function urnUnder(formerParent: string, now: { readonly child: string; readonly parent: string }): string {
  const [scope = "", project = ""] = formerParent.split("::");
  const [name, parentName] = [urnName(now.child), urnName(now.parent)];
  return resourceUrn({
    project,
    stack: scope.slice(SCOPE.length),
    type: urnType(now.child),
    name: name.startsWith(parentName) ? urnName(formerParent) + name.slice(parentName.length) : name,
    parent: formerParent,
  });
}

/** The resource's own name, the last part of its URN. */
export function urnName(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** The resource's own type, without those of its parents. */
export function urnType(urn: string): string {
  return qualifiedType(urn).split("$").at(-1) ?? "";
}

function qualifiedType(urn: string): string {
  return urn.split("::")[2] ?? "";
}

/** The package of a type token: `kubernetes` of `kubernetes:apps/v1:Deployment`, `aws` of `pulumi:providers:aws`. */
export function packageOf(type: string): string {
  const [first = "", second = "", third = ""] = type.split(":");
  return first === "pulumi" && second === "providers" ? third : first;
}

export function isProviderType(type: string): boolean {
  return type.startsWith("pulumi:providers:");
}
