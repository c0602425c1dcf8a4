/**
 * The strongly connected components of a directed graph (Tarjan), each node with the number of its component.
 * Iterative: a chain of thousands of objects must not exhaust the stack.
 */
export function componentsOf<Node>(nodes: readonly Node[], next: (node: Node) => readonly Node[]): Map<Node, number> {
  const index = new Map<Node, number>();
  const low = new Map<Node, number>();
  const component = new Map<Node, number>();
  const open: Node[] = [];
  let components = 0;

  const enter = (node: Node) => {
    index.set(node, index.size);
    low.set(node, index.size - 1);
    open.push(node);
    return { node, rest: next(node)[Symbol.iterator]() };
  };
  const lower = (node: Node, to: number) => low.set(node, Math.min(low.get(node) ?? to, to));

  for (const root of nodes) {
    if (index.has(root)) continue;
    const path = [enter(root)];
    for (let here = path.at(-1); here !== undefined; here = path.at(-1)) {
      const step = here.rest.next();
      if (step.done !== true) {
        const seen = index.get(step.value);
        if (seen === undefined) path.push(enter(step.value));
        else if (!component.has(step.value)) lower(here.node, seen);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) lower(parent.node, low.get(here.node) ?? 0);
      if (low.get(here.node) !== index.get(here.node)) continue;
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        component.set(member, components);
        if (member === here.node) break;
      }
      components += 1;
    }
  }
  return component;
}
