/** The form of a property's value, as the SDK of a provider declares it. */
export type Shape =
  | { readonly kind: "string" | "number" | "boolean" | "any" }
  | { readonly kind: "list" | "map"; readonly of: Shape }
  /** Fields by this name in {@link ResourceSchema.objects}. */
  | { readonly kind: "object"; readonly name: string }
  | { readonly kind: "union"; readonly of: readonly Shape[] };

export interface Field {
  readonly shape: Shape;
  readonly required: boolean;
}

export type Fields = Readonly<Record<string, Field>>;

/** What a resource takes and has. */
export interface ResourceSchema {
  readonly inputs: Fields;
  readonly objects: Readonly<Record<string, Fields>>;
  /** Names of everything that it has once it exists, its inputs included. */
  readonly outputs: readonly string[];
}
