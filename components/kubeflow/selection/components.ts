/** A part of the platform that can be left out. */
export interface OptionalComponent {
  /** Whether it is installed where the settings do not say. */
  readonly byDefault: boolean;
  /** Other components that it cannot do without, and what for. */
  readonly needs: Readonly<Record<string, string>>;
  /** Labels that it acts on, which every profile's namespace gets. */
  readonly profileLabels?: readonly string[];
}

/** Optional components by the name of their part. */
export type ComponentTable = Readonly<Record<string, OptionalComponent>>;

/** Which optional components are installed; parts that it does not name always are. */
export type Selection = Readonly<Record<string, boolean>>;

/** Something that is off while others that are on need it. */
export interface Conflict {
  readonly off: string;
  /** What needs it directly. */
  readonly neededBy: string;
  readonly because: string;
  /** All that would have to be off with it, `neededBy` first. */
  readonly dependents: readonly string[];
}

/** The selection with the defaults of what it does not name. */
export function completed(table: ComponentTable, named: Readonly<Record<string, boolean | undefined>>): Selection {
  return Object.fromEntries(Object.entries(table).map(([name, { byDefault }]) => [name, named[name] ?? byDefault]));
}

/** What a complete selection leaves out although something that it takes needs it; one conflict for each such need. */
export function conflictsIn(table: ComponentTable, selection: Selection): Conflict[] {
  return Object.entries(table).flatMap(([neededBy, { needs }]) =>
    Object.entries(needs)
      .filter(([off]) => selection[neededBy] === true && selection[off] === false)
      .map(([off, because]) => ({
        off,
        neededBy,
        because,
        dependents: [neededBy, ...dependentsOf(table, neededBy).filter((name) => selection[name] === true)],
      })),
  );
}

/** Everything that needs a component, directly or through others. */
function dependentsOf(table: ComponentTable, component: string): string[] {
  const direct = Object.keys(table).filter((name) => component in (table[name]?.needs ?? {}));
  return [...new Set(direct.flatMap((name) => [name, ...dependentsOf(table, name)]))];
}

/** Whether a part of the platform is installed. */
export function isSelected(part: string, selection: Selection): boolean {
  return selection[part] !== false;
}
